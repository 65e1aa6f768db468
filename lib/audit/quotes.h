// Quotes (") in text, eight bytes at a time: those of JSON in csv are some ten bytes apart, where a
// call of memchr() costs more than what it looks at.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace pcx::audit {

namespace quotes {

// The highest bit of each byte that is a quote, exactly: no carry goes from byte to byte.
// Source: H. S. Warren, Hacker's Delight, 2nd ed., section 6-1 (find the zero bytes of a word).
inline std::uint64_t marks(const char* text) noexcept {
  constexpr std::uint64_t kLow = 0x7f7f7f7f7f7f7f7f;
  constexpr std::uint64_t kQuotes = 0x2222222222222222;
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  word ^= kQuotes;
  return ~(((word & kLow) + kLow) | word | kLow);
}

}  // namespace quotes

// Where the first one is from there on; npos: nowhere.
inline std::size_t find_quote(std::string_view text, std::size_t from) noexcept {
  for (; from + 8 <= text.size(); from += 8) {
    const std::uint64_t marks = quotes::marks(text.data() + from);
    if (marks != 0) return from + static_cast<std::size_t>(std::countr_zero(marks)) / 8;
  }
  for (; from < text.size(); ++from) {
    if (text[from] == '"') return from;
  }
  return std::string_view::npos;
}

inline bool has_odd_quotes(std::string_view text) noexcept {
  std::uint64_t odd = 0;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) odd ^= quotes::marks(text.data() + at);
  for (; at < text.size(); ++at) odd ^= text[at] == '"' ? 1 : 0;
  return std::popcount(odd) % 2 != 0;
}

// Copies `text` with one quote in place of two; `to` has room for all of it. Returns what it wrote.
// REQUIRES: each quote is there twice
inline std::size_t copy_unquoted(char* to, std::string_view text) noexcept {
  const char* const start = to;
  std::size_t from = 0;
  while (from + 8 <= text.size()) {  // what is copied behind a quote is written over
    std::memcpy(to, text.data() + from, 8);
    const std::uint64_t marks = quotes::marks(text.data() + from);
    const std::size_t bytes =
        marks == 0 ? 8 : static_cast<std::size_t>(std::countr_zero(marks)) / 8 + 1;
    to += bytes;
    from += marks == 0 ? bytes : bytes + 1;
  }
  while (from < text.size()) {
    const char byte = text[from];
    *to++ = byte;
    from += byte == '"' ? 2 : 1;
  }
  return static_cast<std::size_t>(to - start);
}

}  // namespace pcx::audit
