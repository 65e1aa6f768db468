// How many terminal columns a text takes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pcx::cli {

// Columns of valid UTF-8 without control characters, by grapheme clusters (Unicode UAX #29,
// utf8proc): a cluster is as wide as its widest character; one with an emoji variation selector
// (U+FE0F) or of two regional indicators takes two. Invalid bytes count one each.
std::size_t display_width(std::string_view text);

// As much of the text as fits into `columns`, cut between clusters, with "..." when something is
// missing. REQUIRES: columns > 3.
std::string shortened(std::string_view text, std::size_t columns);

}  // namespace pcx::cli
