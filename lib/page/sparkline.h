// A series of counts in one line of text. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace pcx::page {

// A block for each count, as high as its share of the largest: "▁▃█"; of none: "·", so that little
// is told from nothing. More than `columns_max` counts are added up, some neighbours at a time, as
// evenly as it goes. REQUIRES: no count is negative; columns_max > 0
std::string sparkline(std::span<const std::int64_t> counts, std::size_t columns_max);

}  // namespace pcx::page
