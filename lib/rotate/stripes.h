// Rows of a window into stripes: sets of rows with at most a few of each page. Pure.
//
// Between two stripes the server prunes the versions that the first one left behind (PostgreSQL 15,
// access/heap/README.HOT): the second finds their room, and its rows stay on their page. All rows
// of a page in one statement would find none, move to other pages and cost an entry in every index.
#pragma once

#include <cstddef>
#include <vector>

#include "rotate/target.h"

namespace pcx::rotate {

// Numbers of rows, in the order of their pages.
using Stripe = std::vector<std::size_t>;

// `rows` in the order of their pages. The largest row of a page comes first: a full page has to
// give up one row, and the room that the largest one leaves is enough for each of the others.
//
// REQUIRES: rows_per_page > 0
std::vector<Stripe> cut_into_stripes(const std::vector<OldRow>& rows, std::size_t rows_per_page);

}  // namespace pcx::rotate
