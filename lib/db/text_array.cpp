#include "db/text_array.h"

#include <cstdint>

#include "core/error.h"

namespace pcx::db {
namespace {

constexpr std::int32_t kTextOid = 25;  // pg_type.dat: fixed for ever
constexpr std::size_t kBytesMax = std::size_t{1} << 30;
// The header: dimensions, has-nulls, type of the elements, length, lower bound; 4 bytes each.
constexpr std::size_t kHasNullsAt = 4;
constexpr std::size_t kLengthAt = 12;

void write_number(std::int32_t number, char* target) {
  const auto bits = static_cast<std::uint32_t>(number);
  for (int i = 0; i < 4; ++i) target[i] = static_cast<char>(bits >> (24 - 8 * i) & 0xff);
}

}  // namespace

void TextArray::clear() {
  bytes_.clear();
  count_ = 0;
  for (const std::int32_t number : {1, 0, kTextOid, 0, 1}) add_number(number);
}

void TextArray::add_number(std::int32_t number) {
  char four[4];
  write_number(number, four);
  bytes_.append(four, sizeof four);
}

void TextArray::count_one() {
  ++count_;
  write_number(static_cast<std::int32_t>(count_), bytes_.data() + kLengthAt);
}

void TextArray::add(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw Error{ErrorCode::data, "a text holds a NUL byte",
                "PostgreSQL cannot store NUL bytes in text. Remove them from the input."};
  }
  if (text.size() > kBytesMax - bytes_.size()) {
    throw Error{ErrorCode::internal, "an array of more than 1 GB for one statement"};
  }
  add_number(static_cast<std::int32_t>(text.size()));
  bytes_ += text;
  count_one();
}

void TextArray::add_null() {
  add_number(-1);
  write_number(1, bytes_.data() + kHasNullsAt);
  count_one();
}

}  // namespace pcx::db
