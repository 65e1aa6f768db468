#include "migrate/lone_step.h"

#include <algorithm>

#include "core/error.h"
#include "core/log.h"
#include "db/script.h"
#include "migrate/duplicates.h"
#include "migrate/leftovers.h"
#include "migrate/lock_wait.h"

namespace pcx::migrate {

LoneStep::LoneStep(db::Database& database, const LoneStatement& statement, const Tools& tools,
                   StatementWatch& watch)
    : database_(database),
      statement_(statement),
      tools_(tools),
      watch_(watch),
      operation_(operation_of(statement.script.text)) {}

// With the names as the file's search_path finds them.
Facts LoneStep::look() {
  enter();
  Facts facts = facts_of(database_, operation_);
  database_.reset_settings();
  return facts;
}

LoneStep::End LoneStep::run(const Facts& facts, bool was_begun) {
  LockWait wait{database_,
                statement_.migration,
                statement_.script,
                false,
                {tools_.clock, tools_.random, tools_.interrupt, tools_.patience, tools_.on_wait}};
  may_have_effect_ = was_begun;
  for (;;) {
    try {
      if (may_have_effect_) {
        clear_up(database_, operation_, facts, tools_.on_repair);
        const Effect effect = effect_of(database_, operation_, facts);
        if (effect == Effect::took) return End::found;
        if (effect == Effect::unknown) return End::unknown;
      }
      clear_the_way(database_, operation_, facts, tools_.on_repair);
      may_have_effect_ = true;
      attempt();
      wait.end();
      return End::done;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::unreachable || !is_knowable(operation_)) throw;
      if (!LockWait::may_help(error)) throw given_up(error, facts);
      wait.pause(error);
    }
  }
}

void LoneStep::attempt() {
  enter();
  const auto ticker = watch_.ticker(statement_.migration, statement_.kind, database_.backend_pid());
  try {
    db::run_script(database_, statement_.script.text, statement_.script.file.native(), ticker);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unreachable) database_.reset_settings();
    throw;
  }
  database_.reset_settings();
}

// The session as the file left it. Statements with CONCURRENTLY may wait long for a lock: nobody
// waits behind them, and an attempt that times out is work lost. A deadline of 0 is one try, but no
// limit to the server.
void LoneStep::enter() {
  const Patience& patience = tools_.patience;
  database_.set_up_for_script(database_.schema(),
                              std::max(patience.deadline, patience.first_timeout));
  if (!statement_.settings.empty()) db::run_script(database_, statement_.settings, "settings");
}

// The last attempt failed for good: what it left is cleared up. After a second Ctrl-C that is left
// to the next run.
Error LoneStep::given_up(const Error& error, const Facts& facts) {
  Error told{error};
  if (tools_.interrupt.requests() >= 2) return told;
  try {
    if (error.sqlstate() == "23505") {
      for (const IndexState& index : new_indexes(database_, operation_, facts)) {
        const std::string rows = index.valid ? "" : describe_duplicates(database_, index.oid);
        if (!rows.empty()) told.with_detail(rows);
      }
    }
    clear_up(database_, operation_, facts, tools_.on_repair);
    may_have_effect_ = effect_of(database_, operation_, facts) != Effect::none;
  } catch (const Error& failure) {
    log::info("what the statement left is cleared up by the next run", {{"error", failure.what()}});
  }
  return told;
}

}  // namespace pcx::migrate
