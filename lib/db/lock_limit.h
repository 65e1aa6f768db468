// How long a transaction waits for each lock.
#pragma once

#include <chrono>

#include "db/query.h"

namespace pcx::db {

// Sets lock_timeout for the rest of the transaction: to `timeout`, or to what holds already where
// that is stricter (of the database, the role, the connection). REQUIRES: at least 1 ms, since the
// server takes 0 as "no limit". Without parameters: it may stand in a simple-protocol message.
Query limit_lock_wait(std::chrono::milliseconds timeout);

// The session's own limit again, where a script has set another one.
Query forget_lock_limit();

}  // namespace pcx::db
