// The locks that the migrator's caller holds.
#pragma once

#include "migrate/lock.h"

namespace pcx::migrate::testing {

struct RunLocks {
  RunLocks(db::Database& database, Clock& clock, const Interrupt& interrupt)
      : ours{database, kPcxLock, {}, clock, interrupt},
        prismas{database, kPrismaLock, {}, clock, interrupt} {}

  db::AdvisoryLock ours;
  db::AdvisoryLock prismas;
};

}  // namespace pcx::migrate::testing
