// A plan whose scripts were read and may run: what stands between deciding and doing. Every script
// is read once, and before the first one runs, so that a refusal leaves nothing half done.
#pragma once

#include <vector>

#include "db/database.h"
#include "migrate/ledger.h"
#include "migrate/plan.h"
#include "migrate/statement.h"

namespace pcx::migrate {

struct ReadyUp {
  UpPlan plan;
  std::vector<Analysis> analyses;  // one a step
};

struct ReadyDown {
  DownPlan plan;
  std::vector<Analysis> analyses;  // one a step
};

// Throws as check_script(), and Error{conflict} with reason "not_empty" when there is something to
// do, the ledger is missing and the schema is not empty (Prisma's P3005).
ReadyUp make_ready(db::Database& database, const Ledger& ledger, UpPlan plan);

// Throws as check_script(), and Error{conflict} with reason "no_down" for a down script without a
// statement.
ReadyDown make_ready(DownPlan plan);

// The same for scripts that will not run: nothing is refused.
ReadyUp read_only(UpPlan plan);

}  // namespace pcx::migrate
