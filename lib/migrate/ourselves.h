// What pcx writes in the transaction of a foreign script, it writes as itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "db/query.h"

namespace pcx::migrate {

// A script may leave its transaction to another role (SET LOCAL ROLE too), with another encoding or
// lock_timeout, and without the advisory locks `held`: these queries, before those for the ledger
// and the journal, see to it that they are written by the role that connected, and not in vain.
// Without `lock_timeout` it is left as it is.
std::vector<db::Query> as_ourselves(std::optional<std::chrono::milliseconds> lock_timeout,
                                    const std::vector<std::int64_t>& held);

}  // namespace pcx::migrate
