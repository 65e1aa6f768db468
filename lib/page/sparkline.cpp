#include "page/sparkline.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace pcx::page {

namespace {

constexpr std::array kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr const char* kNothing = "·";

std::vector<std::int64_t> folded(std::span<const std::int64_t> counts, std::size_t columns) {
  std::vector<std::int64_t> sums;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::size_t from = i * counts.size() / columns;
    const std::size_t end = (i + 1) * counts.size() / columns;
    const auto part = counts.subspan(from, end - from);
    sums.push_back(std::accumulate(part.begin(), part.end(), std::int64_t{0}));
  }
  return sums;
}

const char* block_of(std::int64_t count, std::int64_t largest) {
  if (count == 0) return kNothing;
  const double share = static_cast<double>(count) / static_cast<double>(largest);
  const auto height = static_cast<std::size_t>(share * static_cast<double>(kBlocks.size()));
  return kBlocks[std::min(height, kBlocks.size() - 1)];
}

}  // namespace

std::string sparkline(std::span<const std::int64_t> counts, std::size_t columns_max) {
  const auto sums = folded(counts, std::min(counts.size(), columns_max));
  const std::int64_t largest = sums.empty() ? 0 : *std::ranges::max_element(sums);
  std::string line;
  for (const std::int64_t count : sums) line += block_of(count, largest);
  return line;
}

}  // namespace pcx::page
