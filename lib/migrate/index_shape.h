// What an index is, whoever built it: unique or not, its access method, columns, expressions and
// predicate. By that an index that a statement left is told from one that somebody else made
// meanwhile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "db/database.h"
#include "migrate/operation.h"

namespace pcx::migrate {

struct IndexShape {
  std::string text;  // in the server's own words, to be compared only; "": there is no such index
  std::string name;  // of the index
};

// Its tablespace counts where `operation` names one.
IndexShape shape_of(db::Database& database, const Operation& operation, std::int64_t index);

// Of the index that `operation` would build on the table `relation` (an oid), with the name that it
// would get if it has none: it is built on an empty temporary table, in a transaction that is
// rolled back. std::nullopt when that is not possible, for example for want of the right to make
// temporary tables.
//
// REQUIRES: no transaction is open; `operation` is a create_index; names are found as its file has
// them found (search_path). Throws Error when the connection is lost, a lock is not to be had in
// time, or it was cancelled.
std::optional<IndexShape> wanted_shape(db::Database& database, const Operation& operation,
                                       std::int64_t relation);

// Whether the server would have given that name where no statement did: the same, or with a number
// behind it.
bool is_given_name(const std::string& name, const IndexShape& wanted);

}  // namespace pcx::migrate
