// How long a transaction waits for each lock.
#pragma once

#include <chrono>

#include "db/database.h"
#include "db/query.h"

namespace pcx::db {

// The session's own lock_timeout: of the database, the role or the connection; 0: no limit. Asks
// once a connection. REQUIRES: no transaction is open, and no script has set another one.
std::chrono::milliseconds own_lock_limit(Database& database);

// Sets it for the rest of the transaction. REQUIRES: at least 1 ms, since the server takes 0 as "no
// limit". Without parameters: it may stand in a simple-protocol message.
Query limit_lock_wait(std::chrono::milliseconds timeout);

}  // namespace pcx::db
