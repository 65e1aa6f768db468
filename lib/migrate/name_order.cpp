#include "migrate/name_order.h"

#include <algorithm>
#include <array>

namespace pcx::migrate {

namespace {

// Letters weigh the same in both cases; see is_before_in_prisma() for what decides then.
constexpr std::string_view kOrder =
    " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

constexpr bool is_upper(unsigned char c) { return c >= 'A' && c <= 'Z'; }

constexpr std::array<unsigned char, 256> weights() {
  std::array<unsigned char, 256> weight{};  // 0: control characters
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    weight[static_cast<unsigned char>(kOrder[i])] = static_cast<unsigned char>(i + 1);
  }
  for (unsigned char c = 'A'; c <= 'Z'; ++c) weight[c] = weight[c - 'A' + 'a'];
  for (std::size_t byte = 0x80; byte < 0x100; ++byte) {
    weight[byte] = static_cast<unsigned char>(byte);
  }
  return weight;
}

constexpr auto kWeights = weights();
static_assert(kOrder.size() < 0x80, "the bytes beyond ASCII come after all of it");

// Compares two names by what `rank` makes of each of their bytes; a longer one comes later.
template <typename Rank>
int compare(std::string_view name, std::string_view other, const Rank& rank) {
  const std::size_t common = std::min(name.size(), other.size());
  for (std::size_t i = 0; i < common; ++i) {
    const int difference =
        rank(static_cast<unsigned char>(name[i])) - rank(static_cast<unsigned char>(other[i]));
    if (difference != 0) return difference;
  }
  return name.size() < other.size() ? -1 : static_cast<int>(name.size() > other.size());
}

}  // namespace

// First by all characters without their case, then by case, small letters first.
bool is_before_in_prisma(std::string_view name, std::string_view other) {
  const int by_weight =
      compare(name, other, [](unsigned char c) { return static_cast<int>(kWeights[c]); });
  if (by_weight != 0) return by_weight < 0;
  const int by_case =
      compare(name, other, [](unsigned char c) { return static_cast<int>(is_upper(c)); });
  return by_case != 0 ? by_case < 0 : name < other;
}

}  // namespace pcx::migrate
