// Repairing the ledger by hand: baseline and resolve, with the effects of Prisma's own commands.
#pragma once

#include <string>
#include <vector>

#include "db/database.h"
#include "migrate/migrator.h"
#include "migrate/operation.h"
#include "migrate/replay.h"
#include "migrate/step_journal.h"

namespace pcx::migrate {

// Records the plan's migrations as applied without running them, in one transaction, as
// `prisma migrate resolve --applied` does it: unfinished rows of the same names become rolled back,
// a new row has started_at = finished_at, no steps and empty logs. Creates the ledger when missing.
void mark_applied(db::Database& database, const Ledger& ledger, const UpPlan& plan,
                  const Tools& tools);

// The migration that `wanted` means, see find_name(). Throws Error{conflict} with reason
// "never_applied" (P3011) when the ledger has no row of it, or "not_failed" (P3012) when all of
// them are finished. One that is rolled back already is good, as with Prisma: whoever says it twice
// is not wrong.
std::string require_failed(const Ledger& ledger, const std::string& wanted);

// Marks its unfinished rows as rolled back, as `prisma migrate resolve --rolled-back`. Throws as
// require_failed().
void mark_failed_rolled_back(db::Database& database, const Ledger& ledger,
                             const std::string& wanted, const Tools& tools);

// Whether another row of `name` says that it is applied.
bool is_applied_besides(const Ledger& ledger, const std::string& name);

// What `resolve --applied NAME` marks. Unlike baseline it takes a failed migration, and only one.
// Throws Error{conflict} with reason "already_applied" (P3008), Error{not_found} for a name without
// a file (P3017).
UpPlan plan_resolve(const std::vector<Entry>& entries, const std::string& name);

// A step that was begun and of which the catalog does not tell whether it took effect.
struct Settling {
  std::string migration;
  std::string ledger_row;
  int number = 0;  // of the step
  std::string kind;
  // What it does, and what the catalog held before it; unknowable without its file.
  Operation operation = {};
  Facts facts = {};
  Replay settings = {};  // of the steps before it
};

// Throws as find_entry(), and Error{conflict} with reason "nothing_in_flight" for a migration none
// of whose steps is in flight.
Settling plan_settling(const std::vector<Entry>& entries, const std::string& name);

// What the operator says of it. Throws Error{conflict} with reason "known_outcome" where the
// catalog says otherwise.
void settle_step(db::Database& database, const Settling& step, bool is_done, const Tools& tools);

}  // namespace pcx::migrate
