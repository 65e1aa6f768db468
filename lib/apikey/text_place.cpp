#include "apikey/text_place.h"

#include <cstddef>
#include <cstring>

namespace pcx::apikey {

namespace {

// Runs over everything that is scanned. Groups of a fixed size, whose count fits into a byte, are
// what compilers make vector instructions of at -O2.
template <typename Counts>
std::uint64_t count_bytes(std::string_view text, Counts counts) noexcept {
  constexpr std::size_t kGroup = 128;
  const char* from = text.data();
  std::size_t left = text.size();
  std::uint64_t total = 0;
  for (; left >= kGroup; left -= kGroup, from += kGroup) {
    std::uint8_t group = 0;
    for (std::size_t i = 0; i < kGroup; ++i) {
      group = static_cast<std::uint8_t>(group + (counts(from[i]) ? 1 : 0));
    }
    total += group;
  }
  for (; left > 0; --left, ++from) total += counts(*from) ? 1 : 0;
  return total;
}

std::uint64_t code_points_in(std::string_view text) noexcept {
  return count_bytes(text, [](char c) { return static_cast<signed char>(c) >= -64; });
}

}  // namespace

void TextPlace::pass(std::string_view text) noexcept {
  if (text.empty()) return;
  const void* const last_break = ::memrchr(text.data(), '\n', text.size());
  if (last_break == nullptr) {
    column_ += code_points_in(text);
    return;
  }
  line_ += count_bytes(text, [](char c) { return c == '\n'; });
  const auto* const begin = static_cast<const char*>(last_break) + 1;
  column_ = 1 + code_points_in({begin, text.data() + text.size()});
}

}  // namespace pcx::apikey
