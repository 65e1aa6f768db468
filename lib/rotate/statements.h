// The statements by which a rotation reads one table, composed. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/query.h"
#include "db/result.h"
#include "rotate/target.h"

namespace pcx::rotate {

// Of blocks, the second one excluded.
struct BlockRange {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

// Rows of a range of pages that have a cell to look at: not NULL, not '', and, where `prefix` is
// not empty, not beginning with it. `prefix` is the target key's. One row for each, read by
// read_rows().
db::Query pages_query(const Target& target, const BlockRange& blocks, const std::string& prefix);
// The same of the rows with these keys, wherever they are now: a list of texts a key column.
db::Query rows_query(const Target& target, const std::vector<std::vector<std::string>>& keys,
                     const std::string& prefix);
// Looks at a range of pages, for what the server does on the way: it prunes them.
db::Query prune_query(const Target& target, const BlockRange& blocks);
// For each cell two numbers: of values that are not NULL and not '', and of those of them that do
// not begin with `prefix` (all of them when it is empty). One scan with one snapshot; copies that
// do not match are not counted.
db::Query remaining_query(const Target& target, const std::string& prefix);

// Number of the cell, how its values look (census.h), the key that they name, how many there are,
// and their length in all.
db::Query census_query(const Target& target);

std::vector<OldRow> read_rows(const Target& target, const db::Result& rows);

}  // namespace pcx::rotate
