// What became of a commit whose answer never came, since the connection broke meanwhile.
#pragma once

#include <string>

#include "db/database.h"
#include "db/retry.h"

namespace pcx::migrate {

enum class Fate { committed, rolled_back, in_progress, unknown };

struct Commit {
  std::string transaction_id;  // see db::Transaction::id()
  std::string row_id;          // of a ledger row that it writes
  bool reverts = false;        // it marks the row as rolled back, instead of adding it
};

// Connects anew (the old session's locks are gone) and asks the server; waits for one that starts
// up, as db::with_transaction(). Fate::unknown when the server cannot be reached or contradicts
// itself: behind a failover it may be another one, where the number is another transaction's. So
// the ledger's row has the last word. Throws nothing of the server.
Fate find_fate(db::Database& database, const db::RetryTools& tools, const Commit& commit);

}  // namespace pcx::migrate
