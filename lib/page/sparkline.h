// A series of numbers in one line of text. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace pcx::page {

// A block for each count, as high as its share of the largest: "▁▃█"; of none: "·", so that little
// is told from nothing. More than `columns_max` counts are added up, some neighbours at a time, as
// evenly as it goes. REQUIRES: no count is negative; columns_max > 0
std::string sparkline(std::span<const std::int64_t> counts, std::size_t columns_max);

// The same for numbers that may be unknown ("–") or negative: a block is as high as its place
// between the smallest and the largest, of which one is 0 when all have one sign. 0 is "·" while
// nothing is negative. Of numbers without a column of their own the mean of the known ones is
// shown. REQUIRES: columns_max > 0
std::string sparkline(std::span<const std::optional<double>> numbers, std::size_t columns_max);

}  // namespace pcx::page
