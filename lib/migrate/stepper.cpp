#include "migrate/stepper.h"

#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/log.h"
#include "core/text.h"
#include "db/query.h"
#include "db/script.h"
#include "migrate/check.h"
#include "migrate/lock.h"
#include "migrate/lock_wait.h"
#include "migrate/lone_step.h"
#include "migrate/ourselves.h"
#include "migrate/replay.h"
#include "migrate/sql.h"
#include "migrate/statement_watch.h"
#include "migrate/step_journal.h"

namespace pcx::migrate {

namespace {

constexpr std::string_view kActiveTransaction = "25001";  // "cannot run inside a transaction block"

constexpr const char* kGoOn = "Run the command again: it finds out, and goes on from there.";

constexpr db::AdvisoryLock::Wait kRetake{.deadline = std::chrono::seconds{60}};

bool is_stop(const Error& error) {
  return error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated;
}

// The step as a script of its own; `begin` is where it stands in the file.
struct Piece {
  Script script;
  Location begin;
};

Piece cut(const Script& script, const Step& step) {
  return {{script.text.substr(step.offset, step.length), script.file},
          location_in(script, step.offset)};
}

// A syntax error with a place in the text that was sent comes before anything of it runs, or, from
// a later statement of it, takes back all of it that no COMMIT has kept.
bool has_run_nothing(const Error& error) {
  return error.sqlstate() == "42601" && error.location().line > 0 &&
         error.reason() != "part_committed";
}

class Stepper {
 public:
  Stepper(db::Database& database, const Migration& migration, const Stepped& stepped,
          const Tools& tools)
      : database_(database),
        migration_(migration),
        stepped_(stepped),
        tools_(tools),
        watch_(tools.open_session, tools.on_running, tools.clock, tools.interrupt) {}

  StepReport run() {
    const auto began = tools_.clock.steady_now();
    as_ours("begun", "No step of it is done.", [&] { begin(); });
    leave_prisma();
    replay_until(stepped_.resume.next);
    for (index_ = stepped_.resume.next; index_ < stepped_.steps.size(); ++index_) run_one();
    as_ours("finished", "All its steps are done.", [&] {
      clean_up();
      join_prisma();
      finish();
    });
    const auto took = tools_.clock.steady_now() - began;
    return {.name = migration_.name,
            .finished_at = *row_.finished_at,
            .took = std::chrono::round<std::chrono::milliseconds>(took),
            .analysed = step_count() != 1 || stepped_.steps.front().kind != kWholeScript};
  }

 private:
  std::size_t step_count() const { return stepped_.steps.size(); }
  int number() const { return static_cast<int>(index_) + 1; }
  const Step& step() const { return stepped_.steps[index_]; }

  // --- the ledger

  void begin() {
    row_.id = stepped_.ledger_row;
    row_.checksum = migration_.checksum;
    row_.name = migration_.name;
    if (!row_.id.empty()) return;
    row_.id = uuid_v4(tools_.random);
    row_.started_at = tools_.clock.wall_now();
    db::Transaction tx = database_.begin();
    insert_row(tx, database_.schema(), row_);
    begin_run(tx, database_.schema(), row_);
    tx.commit();
  }

  // Prisma's lock is free: somebody may have resolved the row meanwhile, and deploy the file anew.
  void require_open_row() {
    if (is_open(database_, database_.schema(), row_.id)) return;
    throw Error{ErrorCode::conflict, "its ledger row was closed meanwhile, for example by resolve",
                "Look at pcx migrate status. When the rest is done by hand, run: pcx migrate "
                "resolve --applied " +
                    row_.name}
        .because("changed_meanwhile");
  }

  void finish() {
    row_.finished_at = tools_.clock.wall_now();
    const db::Deed deed{"migrate.up", row_.name,
                        Document::object()
                            .set("ledger_row", row_.id)
                            .set("steps", static_cast<std::int64_t>(step_count()))};
    db::Transaction tx = database_.begin();
    if (!finish_row(tx, database_.schema(), row_)) {
      throw Error{ErrorCode::conflict,
                  fmt::format("the ledger row of migration {} changed meanwhile", row_.name),
                  "All its steps are done; look at pcx migrate status. To record it, run: pcx "
                  "migrate resolve --applied " +
                      row_.name}
          .because("changed_meanwhile");
    }
    if (const auto query = tools_.journal(deed)) tx.query(*query);
    tx.commit();
    if (tools_.on_done) tools_.on_done(deed);
  }

  void leave_prisma() {
    if (tools_.prisma_lock != nullptr) tools_.prisma_lock->release();
  }

  // The unfinished row has kept Prisma out until here.
  void join_prisma() {
    if (tools_.prisma_lock == nullptr) return;
    try {
      tools_.prisma_lock->retake({}, tools_.clock, tools_.interrupt);
      return;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::busy) throw;
      const std::string who = error.what();
      if (tools_.on_repair) tools_.on_repair("all steps are done; waiting to record that: " + who);
    }
    tools_.prisma_lock->retake(kRetake, tools_.clock, tools_.interrupt);
  }

  // A lost connection, and a lock that others keep, are told as this migration's. What became of a
  // commit the next run reads.
  template <typename Work>
  void as_ours(const char* what, const char* state, Work work) {
    try {
      work();
    } catch (const Error& error) {
      const bool is_lost = error.code() == ErrorCode::unreachable;
      if (!is_lost && error.code() != ErrorCode::busy) throw;
      Error told{
          error.code(),
          fmt::format("{}migration {} could not be {}: {}",
                      is_lost ? "the connection was lost: " : "", row_.name, what, error.what()),
          fmt::format("{} {}", state, kGoOn)};
      throw told.because(error.reason())
          .with_sqlstate(error.sqlstate())
          .with_detail(error.detail());
    }
  }

  // --- settings of the file, which later steps count on

  void replay_until(std::size_t end) {
    for (std::size_t i = 0; i < end; ++i) keep_settings(stepped_.steps[i]);
  }

  void keep_settings(const Step& done) { settings_.add(migration_.up, done); }

  // What the server says to them, with their places: said behind a step's text, it has none.
  void try_settings() {
    if (settings_.empty()) return;
    db::Transaction tx = database_.begin_for_script(database_.schema());
    settings_.run(tx);
    tx.rollback();
  }

  // Undoes what the step before left in the session: a trigger may set something, too. Put off, so
  // that a connection lost meanwhile is told as the next step's: the one before is done.
  void clean_up() {
    if (std::exchange(is_to_clean_, false)) database_.reset_settings();
  }

  // --- one step

  void run_one() {
    try {
      tools_.interrupt.throw_if_requested();
      clean_up();
      require_open_row();
      switch (step().mode) {
        case Step::Mode::transaction: run_in_transaction(); break;
        case Step::Mode::either: run_either_way(); break;
        case Step::Mode::session: try_setting(); break;
        case Step::Mode::alone: run_alone(); break;
      }
    } catch (const Error& error) {
      fail(error);
    }
    keep_settings(step());
  }

  void run_in_transaction() {
    const Piece piece = cut(migration_.up, step());
    const bool locks_first = !settings_.empty();
    LockWait wait{database_,
                  migration_.name,
                  piece.script,
                  locks_first,
                  {tools_.clock, tools_.random, tools_.interrupt, tools_.patience, tools_.on_wait,
                   kLocksOfSteps}};
    for (;;) {
      try {
        db::Transaction tx = wait.begin();  // rolled back before anybody looks at an error
        try_in_transaction(tx, piece, wait.timeout());
        wait.end();
        break;
      } catch (const Error& error) {
        if (!LockWait::may_help(error)) throw;
        wait.pause(error);
      }
    }
    is_to_clean_ = true;
  }

  void try_in_transaction(db::Transaction& tx, const Piece& piece,
                          std::chrono::milliseconds lock_timeout) {
    run_settings(tx, lock_timeout);
    tools_.interrupt.throw_if_requested();
    if (step().touches_session) database_.forget_prepared();  // also for the next try
    try {
      db::run_script(tx, piece.script.text, piece.begin.file, step().statement_offsets);
    } catch (const Error& error) {
      throw moved(error, piece.begin);
    }
    std::vector<db::Query> last = as_ourselves(lock_timeout, kLocksOfSteps);
    last.push_back(insert_done(row_.id, number(), step()));
    tx.commit_after(std::move(last));
  }

  // Also where they lift the limit of a wait, it stays.
  void run_settings(db::Transaction& tx, std::chrono::milliseconds lock_timeout) {
    if (settings_.empty()) return;
    settings_.run(tx);
    tx.query(sql::limit_lock_waits, {lock_timeout.count(), true});
  }

  // Only to hear what the server says to it: it is run with each later step.
  void try_setting() {
    const Piece piece = cut(migration_.up, step());
    db::Transaction tx = database_.begin_for_script(database_.schema());
    settings_.run(tx);
    try {
      db::run_script(tx, piece.script.text, piece.begin.file, step().statement_offsets);
    } catch (const Error& error) {
      throw moved(error, piece.begin);
    }
    tx.rollback();
  }

  // --- one step outside of any transaction

  bool was_begun() const { return index_ == stepped_.resume.next && stepped_.resume.in_flight; }

  // Refused inside a transaction, it has done nothing. In one where that is possible: then it waits
  // for locks in short tries, and is done together with its entry.
  void run_either_way() {
    try {
      if (!was_begun()) return run_in_transaction();
    } catch (const Error& error) {
      if (error.sqlstate() != kActiveTransaction) throw;
    }
    run_alone();
  }

  void run_alone() {
    const Piece piece = cut(migration_.up, step());
    const LoneStatement statement{migration_.name, step().kind, piece.script, settings_.text()};
    try_settings();
    LoneStep lone{database_, statement, tools_, watch_};
    if (step().touches_session) database_.forget_prepared();
    const Facts facts = was_begun() ? *stepped_.resume.in_flight : lone.look();
    if (!was_begun()) record_intent(database_, row_.id, number(), step(), facts);
    try {
      const auto end = lone.run(facts, was_begun());
      if (end == LoneStep::End::unknown) throw_unknown();
      record_outcome(database_, row_.id, number(),
                     end == LoneStep::End::found ? Outcome::found : Outcome::done);
      prove_lock();
    } catch (const Error& error) {
      const bool is_clean = !lone.may_have_effect() || (!was_begun() && has_run_nothing(error));
      in_flight_ = !is_clean || !forget();
      throw error.reason() == "unknown_outcome" ? error : moved(error, piece.begin);
    }
  }

  // False when the entry stays: then the next run has to find out what did not happen.
  bool forget() {
    try {
      forget_intent(database_, row_.id, number());
      return true;
    } catch (const Error& error) {
      log::info("the step journal says that a step was begun", {{"error", error.what()}});
      return false;
    }
  }

  // Outside of a transaction nothing has held the lock in its place.
  void prove_lock() {
    database_.begin_for_script(database_.schema(), {}, kLocksOfSteps).rollback();
  }

  // --- how it fails

  [[noreturn]] void throw_unknown() {
    const Location place = location_in(migration_.up, step().offset);
    throw Error{ErrorCode::critical, "whether it took effect before it was stopped cannot be known",
                fmt::format("Look at the database. When it did, run: pcx migrate resolve "
                            "--step-done {0}, else: pcx migrate resolve --step-undone {0}. Then "
                            "run pcx migrate up again",
                            migration_.name)}
        .at(place)
        .because("unknown_outcome");
  }

  std::string place_in_file() const {
    return fmt::format("step {} of {} ({})", number(), step_count(), step().kind);
  }

  std::string state_and_next_step(const Error& error) const {
    const bool is_mistake = error.code() == ErrorCode::data && error.hint().empty();
    std::string text =
        index_ == 0 ? "No step of it is done."
                    : fmt::format("{} before it {} done and {}.",
                                  counted(static_cast<long long>(index_), "step"),
                                  index_ == 1 ? "is" : "are", index_ == 1 ? "stays" : "stay");
    if (error.reason() == "unknown_outcome" || error.reason() == "changed_meanwhile") return text;
    if (in_flight_) {
      return text + " This one may have had an effect: the next pcx migrate up finds out, or asks.";
    }
    if (error.reason() == "in_doubt") return fmt::format("{} {}", text, kGoOn);
    return text + (is_mistake
                       ? " Correct the file from here on, then run the command again: it goes "
                         "on with this step."
                       : " Run the command again to go on with this step.");
  }

  [[noreturn]] void fail(const Error& error) {
    const std::string what =
        is_stop(error) ? fmt::format("migration {} was stopped at {}", row_.name, place_in_file())
                       : fmt::format("migration {} failed at {}: {}", row_.name, place_in_file(),
                                     error.what());
    // A step commits together with its entry: there is nothing to look at.
    std::string hint = error.reason() == "in_doubt" ? "" : error.hint();
    if (!hint.empty()) hint += hint.ends_with('.') ? " " : ". ";
    hint += state_and_next_step(error);
    write_down(what);
    Error told{error.code(), what, hint};
    std::string reason = is_stop(error) ? "stopped" : error.reason();
    if (reason.empty()) reason = "script_failed";
    Location place = error.location();
    if (place.line == 0) place = location_in(migration_.up, step().offset);
    throw told.at(place)
        .because(reason)
        .with_sqlstate(error.sqlstate())
        .with_detail(error.detail());
  }

  // Into the ledger row, where Prisma keeps the text of an error. The failure itself is told in any
  // case.
  void write_down(const std::string& what) {
    try {
      db::Transaction tx = database_.begin();
      fail_row(tx, database_.schema(), row_.id, what);
      tx.commit();
    } catch (const Error& error) {
      log::info("the ledger row does not say why it failed", {{"error", error.what()}});
    }
  }

  db::Database& database_;
  const Migration& migration_;
  const Stepped& stepped_;
  const Tools& tools_;
  StatementWatch watch_;
  LedgerRow row_;
  std::size_t index_ = 0;   // of the step that runs
  bool in_flight_ = false;  // the step that failed may have had an effect
  bool is_to_clean_ = false;
  Replay settings_;  // of the steps before it
};

}  // namespace

StepReport run_in_steps(db::Database& database, const Migration& migration, const Stepped& stepped,
                        const Tools& tools) {
  return Stepper{database, migration, stepped, tools}.run();
}

}  // namespace pcx::migrate
