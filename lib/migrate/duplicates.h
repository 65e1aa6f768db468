// Which rows keep a unique index from being built.
#pragma once

#include <cstdint>
#include <string>

#include "db/database.h"

namespace pcx::migrate {

// For the INVALID unique index that the failed build left: "the same key have: 17 and 29; 3 and 4".
// Rows are told by their primary keys, as values of the index may be a person's data. "": none is
// found, or not in time.
std::string describe_duplicates(db::Database& database, std::int64_t index);

}  // namespace pcx::migrate
