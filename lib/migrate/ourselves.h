// What pcx writes in the transaction of a foreign script, it writes as itself.
#pragma once

#include <chrono>
#include <vector>

#include "db/query.h"

namespace pcx::migrate {

// A script may leave its transaction to another role (SET LOCAL ROLE too) and with another
// lock_timeout: these queries, before those for the ledger and the journal, see to it that they are
// written by the role that connected, and not in vain.
std::vector<db::Query> as_ourselves(std::chrono::milliseconds lock_timeout);

}  // namespace pcx::migrate
