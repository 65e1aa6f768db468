// What an index is, whatever it is called and whoever built it: unique or not, its access method,
// columns, expressions and predicate. By that an index that a statement left is told from one that
// somebody else made meanwhile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/database.h"
#include "migrate/operation.h"

namespace pcx::migrate {

// In the server's own words, to be compared only; "" when there is no such index.
std::string shape_of(db::Database& database, std::int64_t index);

// Of the index that `operation` would build on the table `relation` (an oid): it is built on an
// empty temporary table, in a transaction that is rolled back. std::nullopt when that is not
// possible, for example for want of the right to make temporary tables.
//
// REQUIRES: no transaction is open; `operation` is a create_index; names are found as its file has
// them found (search_path). Throws Error{unreachable}.
std::optional<std::string> wanted_shape(db::Database& database, const Operation& operation,
                                        std::int64_t relation);

}  // namespace pcx::migrate
