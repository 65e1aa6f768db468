// The deed: runs the steps of a plan, each in its own transaction together with its ledger row.
//
// Killed at any instant, a migration is either wholly applied with its row or not at all. The
// caller's session holds the locks of lock.h, and keeps them whatever a script releases.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/advisory_lock.h"
#include "db/database.h"
#include "db/journal.h"
#include "db/query.h"
#include "migrate/lock_wait.h"
#include "migrate/patience.h"
#include "migrate/plan.h"
#include "migrate/ready.h"
#include "migrate/statement_watch.h"

namespace pcx::migrate {

struct Tools {
  Clock& clock;
  Random& random;  // for row ids
  const Interrupt& interrupt;
  // The journal entry of a deed, as a query that runs in the deed's own transaction; none where
  // it may not be written: the caller then writes it to the log.
  std::function<std::optional<db::Query>(const db::Deed&)> journal;
  // Called before each step; `number` counts from 1.
  std::function<void(const Migration&, std::size_t number, std::size_t total)> on_step;
  // Called after the commit of a deed, for those who tell of it elsewhere; may be empty.
  std::function<void(const db::Deed&)> on_done = {};
  Patience patience{};
  // Called before each pause of a script that waits for its locks, and once it has them after that;
  // may be empty.
  std::function<void(const Waiting&)> on_wait = {};

  // For migrations that run in steps. Prisma's lock, which they release and take again; nullptr:
  // nobody holds it.
  db::AdvisoryLock* prisma_lock = nullptr;
  // A second session, to watch long statements with; empty: nobody watches.
  std::function<db::Database()> open_session = {};
  // Called at least every two seconds while a statement runs outside of a transaction; may be
  // empty.
  std::function<void(const Running&)> on_running = {};
  // Called with a sentence for what was cleared up, or is waited for; may be empty.
  std::function<void(const std::string&)> on_repair = {};
};

struct StepReport {
  std::string name;
  Time finished_at;
  std::chrono::milliseconds took{};
  bool analysed = true;  // false: its SQL is newer than pcx's grammar, the server took it as it is
};

struct Report {
  std::vector<StepReport> steps;
  bool stopped_early = false;  // a stop was requested; the remaining steps were not begun
};

// Throws Error{data} with file:line:column for a script that fails: it left nothing behind, the
// steps before it stay. A script that does not get its locks is tried again as `patience` says,
// then Error{busy} with reason "lock_deadline"; with reason "lock_lost" without the locks.
Report apply(db::Database& database, const Ledger& ledger, const ReadyUp& ready,
             const Tools& tools);

// Runs the down scripts; each ledger row becomes rolled back in its script's transaction. Throws as
// apply().
Report revert(db::Database& database, const ReadyDown& ready, const Tools& tools);

}  // namespace pcx::migrate
