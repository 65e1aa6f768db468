// Reading a trail as it is: every row of it or none, and all of one moment.
#pragma once

#include <string>

#include "db/database.h"

namespace pcx::audit {

// For the rest of the transaction a policy of row security hides nothing: a query that it would
// take rows from fails instead (Error{permission}). REQUIRES: nothing, it takes no snapshot.
void see_every_row(db::Transaction& tx);

// A transaction that reads, in one snapshot, which is taken behind the locks: a TRUNCATE, which
// takes no notice of snapshots, has ended before, or waits until this one ends.
db::Transaction begin_reading_trail(db::Database& database);

// The snapshot of `tx`, for others; and a transaction that sees what another one sees.
std::string export_snapshot(db::Transaction& tx);
db::Transaction begin_in_snapshot(db::Database& database, const std::string& snapshot);

}  // namespace pcx::audit
