#include "db/param.h"

#include <array>
#include <charconv>

namespace pcx::db {
namespace {

std::string hex_of(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * bytes.size());
  for (const std::byte byte : bytes) {
    text += digits[std::to_integer<unsigned>(byte) >> 4];
    text += digits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

// PostgreSQL 15 documentation, 8.15.6: every element quoted, so no element needs a closer look.
std::string array_of(const std::vector<std::string>& elements) {
  std::string text = "{";
  for (const std::string& element : elements) {
    if (text.size() > 1) text += ',';
    text += '"';
    for (const char character : element) {
      if (character == '"' || character == '\\') text += '\\';
      text += character;
    }
    text += '"';
  }
  return text + "}";
}

std::string shortest(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};  // "inf" and "nan" are words PostgreSQL reads, too
}

}  // namespace

Param::Param(double value) : text_(shortest(value)) {}
Param::Param(std::span<const std::byte> bytes) : text_(hex_of(bytes)) {}
Param::Param(const std::vector<std::string>& elements) : text_(array_of(elements)) {}

}  // namespace pcx::db
