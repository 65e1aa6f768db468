// The whole transaction again: the guide's withTransaction (gap 19) with retryWithBackoff (gap 17).
#pragma once

#include <functional>

#include "core/backoff.h"
#include "core/clock.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/database.h"

namespace pcx::db {

struct RetryTools {
  Clock& clock;
  Random& random;  // for the jitter
  const Interrupt& interrupt;
  BackoffPolicy policy{};
};

// Begins, runs `work`, commits. After a serialization failure, a deadlock, a lock timeout or a lost
// connection (see is_transient) everything is rolled back, reconnected when needed, and `work` runs
// again, whole, after the next delay: it must have no effect outside the transaction.
//
// A commit that is in doubt (connection lost while committing) is never retried: Error{unreachable}
// with reason "in_doubt". Any other error ends it at once; after the last retry the last error is
// thrown.
void with_transaction(Database& database, const RetryTools& tools,
                      const std::function<void(Transaction&)>& work);

}  // namespace pcx::db
