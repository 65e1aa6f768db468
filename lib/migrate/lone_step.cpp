#include "migrate/lone_step.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/error.h"
#include "core/log.h"
#include "db/lock_limit.h"
#include "db/script.h"
#include "migrate/duplicates.h"
#include "migrate/leftovers.h"
#include "migrate/lock_wait.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

constexpr std::string_view kUniqueViolation = "23505";

// There is something of that name already: the server says so before it does anything.
bool is_refused(const Error& error) {
  constexpr std::array<std::string_view, 3> kRefusals = {"42P07", "42P04", "42710"};
  return std::find(kRefusals.begin(), kRefusals.end(), error.sqlstate()) != kRefusals.end();
}

}  // namespace

LoneStep::LoneStep(db::Database& database, const LoneStatement& statement, const Tools& tools,
                   StatementWatch& watch)
    : database_(database),
      statement_(statement),
      tools_(tools),
      watch_(watch),
      operation_(operation_of(statement.script.text)) {}

// In the session as the file left it, and no longer.
template <typename Work>
auto LoneStep::in_settings(std::chrono::milliseconds lock_timeout, Work work) {
  try {
    enter(lock_timeout);
    auto result = work();
    database_.reset_settings();
    return result;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unreachable) database_.reset_settings();
    throw;
  }
}

// With the names as the file's search_path finds them.
Facts LoneStep::look() {
  return in_settings(tools_.patience.deadline, [&] { return facts_of(database_, operation_); });
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
      const End end = in_settings(wait.left(), [&] { return try_once(facts); });
      wait.end();
      return end;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::unreachable || !is_knowable(operation_)) throw;
      if (!LockWait::may_help(error)) throw given_up(error, facts);
      wait.pause(error);
    }
  }
}

LoneStep::End LoneStep::try_once(const Facts& facts) {
  const db::Ticker ticker = this->ticker();
  const RepairTools repair{tools_.on_repair, ticker};
  if (may_have_effect_) {
    clear_up(database_, operation_, facts, repair);
    const Effect effect = effect_of(database_, operation_, facts);
    if (effect == Effect::took) return End::found;
    if (effect == Effect::unknown) return End::unknown;
  }
  clear_the_way(database_, operation_, facts, repair);
  may_have_effect_ = true;
  db::run_script(database_, statement_.script.text, statement_.script.file.native(), ticker);
  return End::done;
}

db::Ticker LoneStep::ticker() {
  return watch_.ticker(statement_.migration, statement_.kind, database_.backend_pid());
}

// Statements with CONCURRENTLY may wait long for a lock: nobody waits behind them, and an attempt
// that times out is work lost. But never without a limit, whatever the file sets.
void LoneStep::enter(std::chrono::milliseconds lock_timeout) {
  const auto own = db::own_lock_limit(database_);
  auto limit = std::max(lock_timeout, tools_.patience.first_timeout);
  if (own.count() > 0) limit = std::min(limit, own);
  database_.set_up_for_script(database_.schema(), limit);
  if (statement_.settings.empty()) return;
  db::run_script(database_, statement_.settings, "settings");
  database_.query(sql::limit_lock_waits, {limit.count(), false});
}

// The last attempt failed for good: what it left is cleared up. After a second Ctrl-C that is left
// to the next run.
Error LoneStep::given_up(const Error& error, const Facts& facts) {
  Error told{error};
  if (is_refused(error)) may_have_effect_ = false;
  if (!may_have_effect_ || tools_.interrupt.requests() >= 2) return told;
  try {
    const std::string rows = in_settings(tools_.patience.first_timeout,
                                         [&] { return look_back(error.sqlstate(), facts); });
    if (!rows.empty()) told.with_detail(rows);
  } catch (const Error& failure) {
    log::info("what the statement left is cleared up by the next run", {{"error", failure.what()}});
  }
  return told;
}

// Clears up; which rows a unique index could not be built for.
std::string LoneStep::look_back(const std::string& sqlstate, const Facts& facts) {
  std::string rows;
  if (sqlstate == kUniqueViolation) {
    for (const IndexState& index : new_indexes(database_, operation_, facts).indexes) {
      if (!index.valid) rows = describe_duplicates(database_, index.oid);
    }
  }
  const db::Ticker ticker = this->ticker();
  clear_up(database_, operation_, facts, {tools_.on_repair, ticker});
  may_have_effect_ = effect_of(database_, operation_, facts) != Effect::none;
  return rows;
}

}  // namespace pcx::migrate
