// A plan whose scripts were read and may run: what stands between deciding and doing. Every script
// is read once, and before the first one runs, so that a refusal leaves nothing half done.
#pragma once

#include <vector>

#include "db/database.h"
#include "migrate/ledger.h"
#include "migrate/plan.h"
#include "migrate/resume.h"
#include "migrate/statement.h"
#include "migrate/step.h"

namespace pcx::migrate {

// How one migration of the plan runs that cannot be one transaction.
struct Stepped {
  std::string reason;       // "VACUUM cannot run inside a transaction"; empty: it may be one
  std::vector<Step> steps;  // none of BEGIN; COMMIT
  std::string ledger_row;   // of the unfinished row it goes on with; empty: it begins
  Resume resume;

  bool in_steps() const { return !reason.empty() || !ledger_row.empty(); }
};

struct ReadyUp {
  UpPlan plan;
  std::vector<Analysis> analyses;  // one a migration
  std::vector<Stepped> stepped;    // one a migration
};

struct ReadyDown {
  DownPlan plan;
  std::vector<Analysis> analyses;  // one a step
};

// Throws as check_foreign(), split_steps() and find_resume(), and Error{conflict} with reason
// "not_empty" when there is something to do, the ledger is missing and the schema is not empty
// (Prisma's P3005).
ReadyUp make_ready(db::Database& database, const Ledger& ledger, UpPlan plan);

// Throws as check_script(), and Error{conflict} with reason "no_down" for a down script without a
// statement.
ReadyDown make_ready(DownPlan plan);

// The same for scripts that will not run: nothing is refused.
ReadyUp read_only(UpPlan plan);

}  // namespace pcx::migrate
