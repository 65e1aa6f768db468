#include "db/identifier.h"

#include "core/error.h"

namespace pcx::db {
namespace {

constexpr std::size_t kNameBytesMax = 63;  // NAMEDATALEN - 1

}  // namespace

std::string quote_identifier(std::string_view name) {
  if (name.empty()) throw Error{ErrorCode::data, "a name in the database cannot be empty"};
  if (name.find('\0') != std::string_view::npos) {
    throw Error{ErrorCode::data, "a name in the database cannot hold a NUL byte"};
  }
  if (name.size() > kNameBytesMax) {
    throw Error{ErrorCode::data, "the name \"" + std::string{name} + "\" is longer than 63 bytes",
                "PostgreSQL would cut it silently. Choose a shorter one."};
  }
  std::string quoted = "\"";
  for (const char character : name) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  quoted += '"';
  return quoted;
}

std::string quote_literal(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw Error{ErrorCode::data, "a text in the database cannot hold a NUL byte"};
  }
  std::string quoted = "E'";
  for (const char character : text) {
    if (character == '\'' || character == '\\') quoted += character;
    quoted += character;
  }
  quoted += '\'';
  return quoted;
}

std::string quote_identifier(std::string_view schema, std::string_view name) {
  return quote_identifier(schema) + "." + quote_identifier(name);
}

}  // namespace pcx::db
