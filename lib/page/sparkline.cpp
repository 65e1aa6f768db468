#include "page/sparkline.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace pcx::page {

namespace {

constexpr std::array kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr const char* kNothing = "·";
constexpr const char* kUnknown = "–";

// As even as it goes.
template <typename Number>
std::span<const Number> part_of(std::span<const Number> numbers, std::size_t column,
                                std::size_t columns) {
  const std::size_t from = column * numbers.size() / columns;
  return numbers.subspan(from, (column + 1) * numbers.size() / columns - from);
}

std::vector<std::int64_t> folded(std::span<const std::int64_t> counts, std::size_t columns) {
  std::vector<std::int64_t> sums;
  for (std::size_t i = 0; i < columns; ++i) {
    const auto part = part_of(counts, i, columns);
    sums.push_back(std::accumulate(part.begin(), part.end(), std::int64_t{0}));
  }
  return sums;
}

std::vector<std::optional<double>> mean_of_neighbours(
    std::span<const std::optional<double>> numbers, std::size_t columns) {
  std::vector<std::optional<double>> means;
  for (std::size_t i = 0; i < columns; ++i) {
    double sum = 0, known = 0;
    for (const auto& number : part_of(numbers, i, columns)) {
      sum += number.value_or(0);
      known += number ? 1 : 0;
    }
    means.push_back(known > 0 ? std::optional{sum / known} : std::nullopt);
  }
  return means;
}

const char* block_of(double number, double low, double high) {
  if (number == 0 && low == 0) return kNothing;
  const double share = (number - low) / (high - low);
  const auto height = static_cast<std::size_t>(share * static_cast<double>(kBlocks.size()));
  return kBlocks[std::min(height, kBlocks.size() - 1)];
}

}  // namespace

std::string sparkline(std::span<const std::int64_t> counts, std::size_t columns_max) {
  const auto sums = folded(counts, std::min(counts.size(), columns_max));
  const std::int64_t largest = sums.empty() ? 0 : *std::ranges::max_element(sums);
  std::string line;
  for (const std::int64_t count : sums)
    line += block_of(static_cast<double>(count), 0, static_cast<double>(largest));
  return line;
}

std::string sparkline(std::span<const std::optional<double>> numbers, std::size_t columns_max) {
  const auto means = mean_of_neighbours(numbers, std::min(numbers.size(), columns_max));
  double low = 0, high = 0;
  for (const auto& mean : means) {
    low = std::min(low, mean.value_or(0));
    high = std::max(high, mean.value_or(0));
  }
  std::string line;
  for (const auto& mean : means) line += mean ? block_of(*mean, low, high) : kUnknown;
  return line;
}

}  // namespace pcx::page
