// Line and column in a text that goes by in pieces and is not kept.
#pragma once

#include <cstdint>
#include <string_view>

namespace pcx::apikey {

class TextPlace {
 public:
  // `text` follows what went by before.
  void pass(std::string_view text) noexcept;

  // Of the next character; both start at 1. Lines end with '\n', columns count code points of UTF-8
  // (in other bytes: those that are no continuation byte).
  std::uint64_t line() const noexcept { return line_; }
  std::uint64_t column() const noexcept { return column_; }

 private:
  std::uint64_t line_ = 1;
  std::uint64_t column_ = 1;
};

}  // namespace pcx::apikey
