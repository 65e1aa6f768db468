#include "migrate/migrator.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/log.h"
#include "core/text.h"
#include "core/time.h"
#include "db/lock_limit.h"
#include "db/script.h"
#include "migrate/fate.h"
#include "migrate/lock.h"
#include "migrate/mark.h"
#include "migrate/ourselves.h"
#include "migrate/prelock.h"
#include "migrate/sql.h"
#include "migrate/stepper.h"

namespace pcx::migrate {

namespace {

void prepare_ledger(db::Database& database, const Ledger& ledger) {
  if (ledger.exists) return;
  db::Transaction tx = database.begin();
  create_ledger(tx, database.schema());
  tx.commit();
}

bool is_stop(const Error& error) {
  return error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated;
}

// How a run is told of.
struct Direction {
  std::string_view failed;    // what went wrong with migration {}
  std::string_view stopped;   // what was stopped
  std::string_view done;      // what nothing of it, and all of the others, was
  std::string_view in_doubt;  // what to do when the answer to its COMMIT got lost
  std::string_view go_on;     // and when it is known that it was committed
};
constexpr Direction kUp{
    "migration {} failed", "migration {} was stopped while it ran", "applied",
    "Its ledger row is committed together with it: `pcx migrate status` shows which it is. To run "
    "the command again is safe, it goes on from there.",
    "Nothing behind it was begun. Run the command again to go on."};
constexpr Direction kDown{
    "reverting migration {} failed", "migration {} was stopped while it was reverted", "reverted",
    "Its ledger row is changed together with it: `pcx migrate status` shows which it is. Look "
    "before you run the command again, which may mean the migration before it then.",
    "Nothing behind it was begun. Look at `pcx migrate status` before you run the command again, "
    "which may mean the migration before it now."};

struct Step {
  const std::string& name;
  const Direction& direction;
  std::size_t done;  // steps before this one
  bool analysed;     // false: it may hold a COMMIT that nobody has seen
};

// "Nothing of this migration was applied; 2 migrations before it were. Correct the file, ..."
std::string state_and_next_step(const Error& error, const Step& step) {
  const bool is_lost = error.code() == ErrorCode::unreachable && !step.analysed;
  std::string text = is_lost ? "Whether a part of this migration was {} is not known"
                             : "Nothing of this migration was {}";
  text = fmt::format(fmt::runtime(text), step.direction.done);
  if (step.done > 0) {
    const auto count = static_cast<long long>(step.done);
    text += fmt::format("; {} before it {}", counted(count, "migration"),
                        step.done == 1 ? "was" : "were");
  }
  const bool is_mistake = error.code() == ErrorCode::data && error.hint().empty();
  if (is_mistake) return text + ". Correct the file, then run the command again.";
  return text + (is_stop(error) ? ". Run the command again to go on." : ".");
}

std::string reason_of(const Error& error) {
  if (is_stop(error)) return "stopped";
  const bool is_about_locks = error.reason() == "lock_deadline" || error.reason() == "lock_lost";
  return is_about_locks ? error.reason() : "script_failed";
}

// The server's error, told as the migration's: its place in the file, and what happened to the
// rest.
[[noreturn]] void rethrow(const Error& error, const Script& script, const Step& step) {
  const std::string message =
      is_stop(error)
          ? fmt::format(fmt::runtime(step.direction.stopped), step.name)
          : fmt::format(fmt::runtime(step.direction.failed), step.name) + ": " + error.what();
  std::string hint = error.hint();
  if (!hint.empty() && !hint.ends_with('.')) hint += '.';
  if (!hint.empty()) hint += ' ';
  hint += state_and_next_step(error, step);
  Location place = error.location();
  if (place.line > 0) place.line += script.line_offset;
  Error told{error.code(), message, hint};
  throw told.at(place)
      .because(reason_of(error))
      .with_sqlstate(error.sqlstate())
      .with_detail(error.detail());
}

// The connection broke while committing.
bool is_in_doubt(const Error& error) { return error.reason() == "in_doubt"; }

[[noreturn]] void rethrow_doubt(const Error& error, const Step& step) {
  const std::string what = fmt::format(fmt::runtime(step.direction.failed), step.name);
  throw Error{error.code(), what + ": " + error.what(), std::string{step.direction.in_doubt}}
      .because(error.reason())
      .with_sqlstate(error.sqlstate())
      .with_detail(error.detail());
}

// A commit's error with reason "in_doubt", told with what is known by now. `process` is the old
// session's on the server.
[[noreturn]] void throw_fate(const Error& error, Fate fate, const Step& step, int process) {
  const std::string begin =
      fmt::format("the connection was lost while migration {} was committed", step.name);
  const auto told = [&](std::string_view what, const std::string& hint, const char* reason) {
    Error result{ErrorCode::unreachable, fmt::format("{}, {}", begin, what), hint};
    return result.because(reason).with_sqlstate(error.sqlstate());
  };
  switch (fate) {
    case Fate::committed:
      throw told(fmt::format("and it is {}", step.direction.done),
                 std::string{step.direction.go_on}, "committed");
    case Fate::rolled_back:
      throw told(fmt::format("and it is not {}", step.direction.done),
                 state_and_next_step(error, step) + " Run the command again.", "rolled_back");
    case Fate::in_progress:
      throw told("and the server is not done with it",
                 fmt::format("Wait until its process {} has ended (pg_stat_activity), then look at "
                             "pcx migrate status.",
                             process),
                 "in_progress");
    case Fate::unknown: rethrow_doubt(error, step);
  }
  rethrow_doubt(error, step);
}

SettingScope setting_scope(const Analysis& analysis) {
  auto widest = analysis.analysed ? SettingScope::none : SettingScope::session;
  for (const auto& statement : analysis.statements) widest = std::max(widest, statement.settings);
  return widest;
}

// Whether it may leave something in the session.
bool touches_session(const Analysis& analysis) {
  const auto& statements = analysis.statements;
  return setting_scope(analysis) == SettingScope::session ||
         std::any_of(statements.begin(), statements.end(),
                     [](const Statement& statement) { return statement.runs_code; });
}

// A script may end pcx's transaction behind the parser's back (a newer grammar). What it did is
// committed and its row is not, so the honest record is Prisma's failed row. It is written in
// spite of whatever the script left in the session; empty, or why it could not be.
std::string record_failed(db::Database& database, const LedgerRow& row) {
  try {
    database.reset_settings();
    db::Transaction tx = database.begin();
    insert_row(tx, database.schema(), row);
    tx.commit();
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

// Whether the script went on after its COMMIT, and was not done.
bool failed_later(const Error& error) {
  return error.reason() == "part_committed" && error.code() != ErrorCode::critical;
}

std::string story_of(const Error& error) {
  const std::string ended = "ended the transaction in which pcx ran it";
  return failed_later(error) ? fmt::format("{}, then it failed: {}", ended, error.what()) : ended;
}

[[noreturn]] void throw_escape(const std::string& who, const Error& error, const Script& script,
                               const std::string& hint) {
  Location place{escape_controls(script.file.native())};
  if (failed_later(error)) place = error.location();
  if (place.line > 0) place.line += script.line_offset;
  Error told{ErrorCode::critical, who + ' ' + story_of(error), hint};
  if (failed_later(error)) told.with_detail(error.detail()).with_sqlstate(error.sqlstate());
  throw told.at(place).because("transaction_ended");
}

[[noreturn]] void record_escape(db::Database& database, LedgerRow row, const Script& script,
                                const Error& error) {
  row.finished_at.reset();
  row.applied_steps_count = 0;
  row.logs = "the script " + story_of(error);
  const std::string failure = record_failed(database, row);
  std::string hint = "A part of it may be applied. ";
  if (!failure.empty()) {
    hint += fmt::format(
        "The ledger does not say so, since it could not be written ({}): the next "
        "pcx migrate up would run the file again. Look at the database first.",
        failure);
  } else {
    hint += fmt::format(
        "Look at the database, then run: pcx migrate resolve --applied {0} or "
        "--rolled-back {0}",
        row.name);
  }
  throw_escape("migration " + row.name, error, script, hint);
}

// A COMMIT inside the script; or the transaction was over before the ledger row, or another one had
// taken its place (see insert_applied). A deferred trigger of the migration's own may raise 23502
// as well: for another table.
bool has_escaped(const Error& error) {
  if (error.reason() == "part_committed" || error.reason() == "transaction_over") return true;
  const bool is_ledgers = error.detail().find("table \"_prisma_migrations\"") != std::string::npos;
  return error.sqlstate() == "23502" && is_ledgers;
}

// Whether it says already what became of the migration.
bool is_told(const Error& error) {
  return error.code() == ErrorCode::critical || error.code() == ErrorCode::conflict;
}

class Runner {
 public:
  Runner(db::Database& database, const Tools& tools) : database_(database), tools_(tools) {}

  // One migration forward: script, ledger row and journal in one transaction, three round trips.
  StepReport apply(const Migration& migration, const Analysis& analysis, std::size_t done) {
    const auto began = tools_.clock.steady_now();
    LedgerRow row;
    row.id = uuid_v4(tools_.random);
    row.checksum = migration.checksum;
    row.name = migration.name;
    row.started_at = tools_.clock.wall_now();
    const Step step{migration.name, kUp, done, analysis.analysed};
    const std::vector<db::Deed> deeds = {{"migrate.up", row.name, details(row.id)}};
    Commit commit{"", row.id, false};
    try {
      patiently(migration.name, migration.up, analysis,
                [&](db::Transaction& tx, auto lock_timeout) {
                  commit.transaction_id = tx.id();
                  apply_in(tx, row, migration.up, analysis, lock_timeout);
                });
    } catch (const Error& error) {  // the transaction is gone
      if (is_in_doubt(error)) end_doubt(error, commit, step, deeds);
      if (has_escaped(error)) record_escape(database_, row, migration.up, error);
      rethrow(hint_at_mark(error, migration.up), migration.up, step);
    }
    tell(deeds);
    return report(migration, *row.finished_at, began, analysis);
  }

  // One migration back.
  StepReport revert(const DownStep& step, const Analysis& analysis, std::size_t done) {
    const auto began = tools_.clock.steady_now();
    const Migration& migration = *step.migration;
    const auto deeds = down_deeds(step);
    Commit commit{"", step.row_ids.front(), true};
    Time at{};
    try {
      patiently(migration.name, *migration.down, analysis,
                [&](db::Transaction& tx, auto lock_timeout) {
                  commit.transaction_id = tx.id();
                  run(tx, *migration.down, analysis);
                  at = tools_.clock.wall_now();
                  finish_down(tx, step, analysis, lock_timeout, at);
                });
    } catch (const Error& error) {  // the transaction is gone
      const Step told{migration.name, kDown, done, analysis.analysed};
      if (is_in_doubt(error)) end_doubt(error, commit, told, deeds);
      if (has_escaped(error)) throw_down_escape(migration, error);
      if (is_told(error)) throw;
      rethrow(error, *migration.down, told);
    }
    tell(deeds);
    return report(migration, at, began, analysis);
  }

  // Undoes what scripts left in the session. Put off until it matters, so that a connection lost
  // meanwhile is told as the next migration's: the one before is done.
  void clean_up() {
    if (std::exchange(is_to_clean_, false)) database_.reset_settings();
  }

  // Behind the last one: a session that is lost holds nothing any more.
  void end() {
    try {
      clean_up();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::unreachable) throw;
      log::info("the connection was lost behind the last migration", {{"error", error.what()}});
    }
  }

 private:
  // Again and again, whole, until it has its locks. REQUIRES: what it throws has left nothing, or
  // says that it did.
  template <typename Try>
  void patiently(const std::string& name, const Script& script, const Analysis& analysis,
                 Try one_try) {
    const bool locks_first =
        setting_scope(analysis) != SettingScope::none && lifts_lock_timeout(script);
    LockWait wait{database_,
                  name,
                  script,
                  locks_first,
                  {tools_.clock, tools_.random, tools_.interrupt, tools_.patience, tools_.on_wait,
                   kLocksOfARun}};
    for (;;) {
      try {
        clean_up();
        db::Transaction tx = wait.begin();  // rolled back before anybody looks at an error
        one_try(tx, wait.timeout());
        wait.end();
        is_to_clean_ = touches_session(analysis);
        return;
      } catch (const Error& error) {
        if (has_escaped(error) || !LockWait::may_help(error)) throw;
        wait.pause(error);
      }
    }
  }

  void finish_down(db::Transaction& tx, const DownStep& step, const Analysis& analysis,
                   std::chrono::milliseconds lock_timeout, Time at) {
    const Migration& migration = *step.migration;
    check_transaction(tx, migration);
    for (const auto& query : as_ourselves(analysis, lock_timeout)) tx.query(query);
    for (const auto& row_id : step.row_ids) mark_reverted(tx, migration, row_id, at);
    tx.commit_after(journal(down_deeds(step)));
  }

  static std::vector<db::Deed> down_deeds(const DownStep& step) {
    std::vector<db::Deed> deeds;
    for (const auto& row_id : step.row_ids) {
      deeds.push_back({"migrate.down", step.migration->name, details(row_id)});
    }
    return deeds;
  }

  void run(db::Transaction& tx, const Script& script, const Analysis& analysis) {
    std::vector<std::size_t> offsets;
    for (const auto& statement : analysis.statements) offsets.push_back(statement.offset);
    if (touches_session(analysis)) database_.forget_prepared();  // also for the next try
    tools_.interrupt.throw_if_requested();  // from here on the first request cancels the script
    db::run_script(tx, script.text, escape_controls(script.file.native()), offsets);
  }

  void apply_in(db::Transaction& tx, LedgerRow& row, const Script& script, const Analysis& analysis,
                std::chrono::milliseconds lock_timeout) {
    run(tx, script, analysis);
    row.finished_at = tools_.clock.wall_now();
    row.applied_steps_count = 1;
    std::vector<db::Query> last = as_ourselves(analysis, lock_timeout);
    last.push_back(insert_applied(database_.schema(), row, tx.id()));
    for (auto& query : journal({{"migrate.up", row.name, details(row.id)}})) {
      last.push_back(std::move(query));
    }
    tx.commit_after(std::move(last));
  }

  void tell(const std::vector<db::Deed>& deeds) {
    if (!tools_.on_done) return;
    for (const auto& deed : deeds) tools_.on_done(deed);
  }

  [[noreturn]] void end_doubt(const Error& error, const Commit& commit, const Step& step,
                              const std::vector<db::Deed>& deeds) {
    const int process = database_.backend_pid();
    const Fate fate = find_fate(database_, {tools_.clock, tools_.random, tools_.interrupt}, commit);
    if (fate == Fate::committed) tell(deeds);
    throw_fate(error, fate, step, process);
  }

  std::vector<db::Query> as_ourselves(const Analysis& analysis,
                                      std::chrono::milliseconds lock_timeout) {
    const bool sets_nothing =
        setting_scope(analysis) == SettingScope::none && !touches_session(analysis);
    return migrate::as_ourselves(sets_nothing ? std::nullopt : std::optional{lock_timeout},
                                 kLocksOfARun);
  }

  std::vector<db::Query> journal(const std::vector<db::Deed>& deeds) {
    std::vector<db::Query> queries;
    for (const auto& deed : deeds) {
      if (auto query = tools_.journal(deed)) queries.push_back(std::move(*query));
    }
    return queries;
  }

  void mark_reverted(db::Transaction& tx, const Migration& migration, const std::string& row_id,
                     Time at) {
    if (mark_rolled_back(tx, database_.schema(), row_id, at)) return;
    throw Error{ErrorCode::conflict,
                fmt::format("the ledger row of migration {} changed meanwhile", migration.name),
                "Nothing was reverted; look at pcx migrate status."}
        .because("changed_meanwhile");
  }

  static void check_transaction(db::Transaction& tx, const Migration& migration) {
    const db::Result answer = tx.query(sql::current_transaction);
    const db::Field now_in = answer.one()["transaction_id"];
    if (!now_in.is_null() && now_in.as<std::string>() == tx.id()) return;
    throw_down_escape(migration, Error{ErrorCode::critical, ""});
  }

  [[noreturn]] static void throw_down_escape(const Migration& migration, const Error& error) {
    throw_escape("the down script of " + migration.name, error, *migration.down,
                 "A part of it may be done, and the ledger still says applied. Look at the "
                 "database.");
  }

  static Document details(const std::string& row_id) {
    return Document::object().set("ledger_row", row_id);
  }

  StepReport report(const Migration& migration, Time at,
                    std::chrono::steady_clock::time_point began, const Analysis& analysis) {
    const auto took = tools_.clock.steady_now() - began;
    return {migration.name, at, std::chrono::round<std::chrono::milliseconds>(took),
            analysis.analysed};
  }

  db::Database& database_;
  const Tools& tools_;
  bool is_to_clean_ = false;
};

}  // namespace

Report apply(db::Database& database, const Ledger& ledger, const ReadyUp& ready,
             const Tools& tools) {
  const UpPlan& plan = ready.plan;
  Report report;
  if (plan.steps.empty()) return report;
  prepare_ledger(database, ledger);
  Runner runner{database, tools};
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    report.stopped_early = tools.interrupt.stop_requested();
    if (report.stopped_early) break;
    tools.on_step(*plan.steps[i], i + 1, plan.steps.size());
    const Stepped& stepped = ready.stepped[i];
    if (stepped.in_steps()) runner.clean_up();
    report.steps.push_back(stepped.in_steps()
                               ? run_in_steps(database, *plan.steps[i], stepped, tools)
                               : runner.apply(*plan.steps[i], ready.analyses[i], i));
  }
  runner.end();
  return report;
}

Report revert(db::Database& database, const ReadyDown& ready, const Tools& tools) {
  const auto& [plan, analyses] = ready;
  Report report;
  Runner runner{database, tools};
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    report.stopped_early = tools.interrupt.stop_requested();
    if (report.stopped_early) break;
    tools.on_step(*plan.steps[i].migration, i + 1, plan.steps.size());
    report.steps.push_back(runner.revert(plan.steps[i], analyses[i], i));
  }
  runner.end();
  return report;
}

}  // namespace pcx::migrate
