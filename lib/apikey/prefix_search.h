// Where in a text a key may begin: the inner loop of the scanner, as fast as the processor can.
//
// A key has 'x' and '_' at its third and fourth place, and '_' at its ninth and twentieth. The four
// are looked for at once, 32 or 16 places a step; what is found is a candidate, not a key. In plain
// text there is about none, in source code one in millions of bytes.
#pragma once

#include <cstddef>
#include <span>

namespace pcx::apikey {

// How far behind a place the search looks: bytes that must be there behind `end`.
inline constexpr std::size_t kLookahead = 20;

struct PrefixSearch {
  const char* name;  // "avx2", "sse2", "portable"
  // The first candidate in [from, end), `end` when there is none.
  // REQUIRES: text[0, end + kLookahead) can be read, from <= end
  std::size_t (*next)(const char* text, std::size_t from, std::size_t end) noexcept;
};

// Those that this processor can run, the fastest first. All of them give the same answers.
std::span<const PrefixSearch> prefix_searches() noexcept;

}  // namespace pcx::apikey
