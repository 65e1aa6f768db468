// Runs one migration that cannot be one transaction: step by step, so that it can be killed at any
// instant and go on exactly there.
//
// Its ledger row is committed before the first step, unfinished, as Prisma does: until the last
// step is done Prisma answers P3009 and keeps away. A step that may be in a transaction commits
// together with its entry in the step journal. One that may not is entered before and after; when
// it was stopped between, the catalog tells whether it took effect. What the catalog does not tell
// is never guessed.
//
// What the file SETs lasts to its end, since each step begins with it anew: SET, RESET, and a
// SELECT of set_config() with constants. What code sets (DO, CALL, functions, triggers) ends with
// its step, and so no setting outlives the file.
#pragma once

#include <cstddef>

#include "db/database.h"
#include "migrate/migrator.h"
#include "migrate/ready.h"

namespace pcx::migrate {

// Prisma's lock is free meanwhile (a waiting Prisma and CREATE INDEX CONCURRENTLY would wait for
// each other) and held again before the ledger row is finished.
//
// Throws Error{data} with the place of a step that fails: the steps before it stay, the ledger row
// is failed and says why. Error{critical} with reason "unknown_outcome" where the catalog does not
// tell; Error{busy} with reason "lock_deadline"; a stop's error between two steps. REQUIRES:
// `stepped.in_steps()`; the tables of the step journal exist (db/schema.h).
StepReport run_in_steps(db::Database& database, const Migration& migration, const Stepped& stepped,
                        const Tools& tools);

}  // namespace pcx::migrate
