#include "migrate/lock_wait.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/sleep.h"
#include "core/text.h"
#include "core/time.h"
#include "db/lock_limit.h"
#include "migrate/prelock.h"

namespace pcx::migrate {

namespace {

using std::chrono::milliseconds;

// The role may not lock a table without using it, or a table was renamed meanwhile: classes 42
// (access rule violation) and 3F (no such schema).
bool is_refusal(const Error& error) {
  return error.sqlstate().starts_with("42") || error.sqlstate().starts_with("3F");
}

}  // namespace

LockWait::LockWait(db::Database& database, const std::string& migration, const Script& script,
                   bool locks_first, const WaitTools& tools)
    : database_(database),
      script_(script),
      tools_(tools),
      locks_first_(locks_first),
      began_(tools.clock.steady_now()),
      place_{escape_controls(script.file.native())},
      waiting_{.migration = migration} {}

db::Transaction LockWait::begin() {
  const int number = waiting_.tries + 1;
  timeout_ = lock_timeout(within(tools_.patience, db::own_lock_limit(database_)), number);
  if (number > 1) {
    timeout_ = std::clamp(tools_.patience.deadline - elapsed(), milliseconds{1}, timeout_);
  }
  std::vector<db::Query> first{db::limit_lock_wait(timeout_)};
  if (!locks_first_ || is_refused_) {
    return database_.begin_for_script(database_.schema(), first, tools_.held);
  }
  auto locks = lock_first(outlook());
  std::move(locks.begin(), locks.end(), std::back_inserter(first));
  try {
    return database_.begin_for_script(database_.schema(), first, tools_.held);
  } catch (const Error& error) {
    if (first.size() == 1 || !is_refusal(error)) throw;
  }
  is_refused_ = true;
  first.resize(1, db::Query{""});
  return database_.begin_for_script(database_.schema(), first, tools_.held);
}

bool LockWait::may_help(const Error& error) {
  if (error.code() == ErrorCode::critical || error.reason() == "in_doubt") return false;
  return error.sqlstate() == "55P03" || error.sqlstate() == "40P01";
}

void LockWait::pause(const Error& error) {
  if (error.location().line > 0) place_ = error.location();
  ++waiting_.tries;
  locks_first_ = true;
  waiting_.waited = elapsed();
  waiting_.holders = find_holders();
  const auto next = pause_before_next(tools_.patience, tools_.random);
  if (waiting_.waited + next >= tools_.patience.deadline) throw too_late(error);
  if (tools_.on_wait) tools_.on_wait(waiting_);
  sleep_unless_stopped(tools_.clock, tools_.interrupt, next);
}

milliseconds LockWait::left() const {
  return std::max(tools_.patience.deadline - elapsed(), milliseconds{0});
}

void LockWait::end() {
  if (waiting_.tries == 0 || !tools_.on_wait) return;
  ++waiting_.tries;
  waiting_.waited = elapsed();
  waiting_.holders.clear();
  waiting_.is_over = true;
  tools_.on_wait(waiting_);
}

const ScriptOutlook& LockWait::outlook() {
  if (!outlook_) outlook_ = look_ahead(database_, script_);
  return *outlook_;
}

std::vector<Holder> LockWait::find_holders() {
  const auto& touches = outlook().total.touches;
  auto holders = migrate::find_holders(database_, touches);
  if (!holders.empty()) return holders;
  return migrate::find_holders(database_, touches, InTheWay::maybe);
}

Error LockWait::too_late(const Error& error) const {
  const milliseconds deadline = tools_.patience.deadline;
  const std::string when =
      deadline.count() > 0 ? "within " + to_short_text(deadline) : "at the first try";
  const bool is_known = !waiting_.holders.empty();
  const std::string who =
      is_known ? describe(waiting_.holders.front()) : "who was in the way is not to be seen now";
  const std::string next = is_known ? fmt::format(
                                          "Wait for that session to end, or end it with "
                                          "`SELECT pg_terminate_backend({})`",
                                          waiting_.holders.front().pid)
                                    : "Look at pg_locks while it waits";
  Error late{ErrorCode::busy, fmt::format("it did not get its locks {}: {}", when, who),
             next + ", or allow more time with --lock-deadline, then run the command again."};
  return late.at(place_).because("lock_deadline").with_sqlstate(error.sqlstate());
}

milliseconds LockWait::elapsed() const {
  return std::chrono::duration_cast<milliseconds>(tools_.clock.steady_now() - began_);
}

}  // namespace pcx::migrate
