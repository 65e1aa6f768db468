// pcx migrate: flags -> lib/migrate -> show.
#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/groups.h"
#include "cli/commands/lock_wait_view.h"
#include "cli/commands/migrate_next.h"
#include "cli/commands/migrate_tools.h"
#include "cli/commands/migrate_views.h"
#include "cli/commands/outlook_view.h"
#include "cli/commands/suggestions.h"
#include "cli/context.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "migrate/draft.h"
#include "migrate/hidden_steps.h"
#include "migrate/history.h"
#include "migrate/holders.h"
#include "migrate/lock.h"
#include "migrate/loss.h"
#include "migrate/migrator.h"
#include "migrate/outlook.h"
#include "migrate/resolve.h"

namespace pcx::cli {

namespace {

using migrate::Entry;
using migrate::Folder;
using migrate::Ledger;

constexpr const char* kNothingToApply = "Nothing to do: every migration is applied.";

const Opt kDir{.name = "--dir",
               .type = Type::folder,
               .metavar = "DIR",
               .help = "folder of migrations",
               .fallback = "prisma/migrations",
               .environment = "PCX_MIGRATE_DIR",
               .config_key = "migrate.dir"};
const Opt kSteps{.name = "--steps",
                 .type = Type::integer,
                 .metavar = "N",
                 .help = "at most this many migrations",
                 .minimum = 1};
const Opt kDryRun{.name = "--dry-run",
                  .type = Type::flag,
                  .help = "show the plan and change nothing; exit 1 when there is something to do"};
const Opt kAllowEdited{.name = "--allow-edited",
                       .type = Type::flag,
                       .help = "go on although an applied migration's file changed"};
const Opt kAllowMissing{.name = "--allow-missing",
                        .type = Type::flag,
                        .help = "go on although an applied migration's file is gone"};
const Opt kAllowOutOfOrder{.name = "--allow-out-of-order",
                           .type = Type::flag,
                           .help = "also apply migrations older than the newest applied one"};

Opt to_option(std::string_view help) {
  return {.name = "--to", .metavar = "NAME", .help = help, .dynamic = "migrations"};
}

// Folder and ledger together: what every command of the group looks at first.
struct Situation {
  Folder folder;
  Ledger ledger;
  std::vector<Entry> entries;
};

// Returned behind a pointer, since the entries point into the folder.
std::unique_ptr<Situation> look(Context& context, const Values& values) {
  auto situation = std::make_unique<Situation>();
  situation->folder = migrate::read_folder(values.text("--dir"));
  db::Database& database = context.database();
  situation->ledger = migrate::read_ledger(database, database.schema());
  situation->entries = migrate::compare(situation->folder, situation->ledger,
                                        migrate::read_step_records(database, situation->ledger));
  migrate::note_hidden_steps(database, situation->entries);
  return situation;
}

migrate::Extent extent_of(const Values& values) {
  if (values.has("--to") && values.has("--steps")) {
    throw Error{ErrorCode::usage, "--to and --steps exclude each other", "Give one of them."};
  }
  return {values.optional_text("--to"), values.optional_integer("--steps")};
}

migrate::Allowed allowed_of(const Values& values) {
  return {values.flag("--allow-edited"), values.flag("--allow-missing"),
          values.flag("--allow-out-of-order")};
}

// What a plan of `migrate up` says of itself, with the limits that were given.
PlanWords words_of(const Values& values) {
  const std::string next = "to apply. Run: " + next_command(values, "pcx migrate up");
  if (!values.has("--to")) return {kNothingToApply, next};
  return {fmt::format("Nothing to do: every migration up to {} is applied.", values.text("--to")),
          next};
}

Outcome run_status(Context& context, const Values& values) {
  const auto situation = look(context, values);
  return show_status(situation->entries, situation->ledger.exists, values.flag("--pending"));
}

Outcome run_verify(Context& context, const Values& values) {
  const auto situation = look(context, values);
  return show_verification(situation->entries);
}

Outcome run_plan(Context& context, const Values& values) {
  const auto situation = look(context, values);
  auto plan = plan_up(situation->entries, extent_of(values), allowed_of(values));
  db::Database& database = context.database();
  const auto ready = migrate::make_ready(database, situation->ledger, std::move(plan));
  const auto scripts = migrate::look_ahead(database, ready.plan);
  std::vector<migrate::Touch> touches;
  for (const auto& script : scripts) {
    touches.insert(touches.end(), script.total.touches.begin(), script.total.touches.end());
  }
  return show_outlook(scripts, migrate::find_holders(database, touches), words_of(values));
}

// What an orderly stop leaves is told before the process ends with 130 or 143.
void throw_if_stopped(Context& context, const migrate::Report& report, std::size_t planned) {
  if (!report.stopped_early) return;
  context.progress().clear();
  context.progress().say(
      fmt::format("stopped after {} of {} migrations; run the command again to "
                  "go on",
                  report.steps.size(), planned));
  context.interrupt().throw_if_requested();
}

Outcome run_up(Context& context, const Values& values) {
  const auto situation = look(context, values);
  auto plan = plan_up(situation->entries, extent_of(values), allowed_of(values));
  const auto ready = migrate::make_ready(context.database(), situation->ledger, std::move(plan));
  const PlanWords words = words_of(values);
  if (values.flag("--dry-run")) return show_plan(ready, words);
  if (ready.plan.steps.empty()) return show_report({}, "applied", words.nothing);
  warn_of_other_tools(context);
  context.upgrade_schema();
  const bool in_steps = std::any_of(ready.stepped.begin(), ready.stepped.end(),
                                    [](const auto& stepped) { return stepped.in_steps(); });
  if (in_steps) migrate::require_step_journal(context.database());
  const auto report = migrate::apply(context.database(), situation->ledger, ready,
                                     patient_tools_for(context, values, "migrate up"));
  throw_if_stopped(context, report, ready.plan.steps.size());
  return show_report(report, "applied", words.nothing);
}

std::vector<std::string> consequences_of(Context& context, const migrate::ReadyDown& ready) {
  std::vector<std::string> lines;
  for (const auto& step : ready.plan.steps) {
    lines.push_back(fmt::format("migration {} will be reverted", step.migration->name));
  }
  for (const auto& loss : migrate::count_losses(context.database(), ready)) {
    lines.push_back(fmt::format("{} {} lose {}", loss.migration, loss.is_certain ? "will" : "may",
                                migrate::to_string(loss)));
  }
  return lines;
}

Outcome run_down(Context& context, const Values& values) {
  const auto situation = look(context, values);
  const auto plan =
      plan_down(situation->entries, extent_of(values), {.edited = values.flag("--allow-edited")});
  if (plan.steps.empty()) return show_report({}, "reverted", "Nothing to do: none is applied.");
  const auto ready = migrate::make_ready(plan);
  if (values.flag("--dry-run")) {
    return show_down_plan(plan, migrate::count_losses(context.database(), ready),
                          next_command(values, "pcx migrate down"));
  }
  warn_of_other_tools(context);
  context.confirm(
      values,
      fmt::format("Revert {}?", counted(static_cast<long long>(plan.steps.size()), "migration")),
      consequences_of(context, ready));
  context.upgrade_schema();
  const auto report = migrate::revert(context.database(), ready,
                                      patient_tools_for(context, values, "migrate down"));
  throw_if_stopped(context, report, plan.steps.size());
  return show_report(report, "reverted", "Nothing to do: none is applied.");
}

Outcome run_new(Context& context, const Values& values) {
  const auto files =
      migrate::create_draft(values.text("--dir"), values.text("NAME"), context.clock());
  return show_files(files);
}

Outcome run_baseline(Context& context, const Values& values) {
  const auto situation = look(context, values);
  const auto plan = migrate::plan_baseline(situation->entries, values.text("--to"));
  if (values.flag("--dry-run")) {
    return show_plan(migrate::read_only(plan),
                     {"", "to record as applied, without running. Run: " +
                              next_command(values, "pcx migrate baseline")});
  }
  warn_of_other_tools(context);
  context.upgrade_schema();
  migrate::mark_applied(context.database(), situation->ledger, plan,
                        tools_for(context, "migrate baseline"));
  return show_marked(plan, "recorded as applied, without running");
}

Outcome run_resolve(Context& context, const Values& values) {
  const auto applied = values.optional_text("--applied");
  const auto rolled_back = values.optional_text("--rolled-back");
  const auto step_done = values.optional_text("--step-done");
  const auto step_undone = values.optional_text("--step-undone");
  if (applied.has_value() + rolled_back.has_value() + step_done.has_value() +
          step_undone.has_value() !=
      1) {
    throw Error{ErrorCode::usage,
                "resolve wants one of --applied, --rolled-back, --step-done and --step-undone",
                "Look at what the failed migration left, then say which it is."};
  }
  const auto situation = look(context, values);
  warn_of_other_tools(context);
  if (step_done || step_undone) {
    const std::string& name = step_done ? *step_done : *step_undone;
    const auto step = migrate::plan_settling(situation->entries, name);
    migrate::settle_step(context.database(), step, step_done.has_value(),
                         tools_for(context, "migrate resolve"));
    return show_settled(step.migration, step.number, step_done.has_value());
  }
  if (applied) {
    const auto plan = migrate::plan_resolve(situation->entries, *applied);
    context.upgrade_schema();
    migrate::mark_applied(context.database(), situation->ledger, plan,
                          tools_for(context, "migrate resolve"));
    return show_marked(plan, "recorded as applied");
  }
  const std::string name = migrate::require_failed(situation->ledger, *rolled_back);
  context.upgrade_schema();
  migrate::mark_failed_rolled_back(context.database(), situation->ledger, name,
                                   tools_for(context, "migrate resolve"));
  return show_rolled_back(name, migrate::is_applied_besides(situation->ledger, name));
}

Outcome run_history(Context& context, const Values& values) {
  db::Database& database = context.database();
  return show_history(migrate::read_history(database, database.schema(),
                                            values.optional_integer("--limit").value_or(0)));
}

const ExitNote kFailedNote{2, "a failed migration is present (Prisma's P3009)"};
const ExitNote kDataNote{65, "a migration's SQL is wrong or cannot be run; file:line:column"};
const ExitNote kLockNote{75, "another migration runs; its pid, user and application are named"};
const ExitNote kLocksNote{
    75, "another migration runs, or others use the tables until --lock-deadline; who is named"};
const ExitNote kConflictNote{
    79, "files and ledger disagree: edited, missing, out of order; or the schema is not empty"};

Cmd status_command() {
  return {
      .path = "migrate status",
      .summary = "Show which migrations are applied and which are pending",
      .detail =
          "Compares the folder with the ledger (table _prisma_migrations) and verifies "
          "the checksum of every applied file. Takes no lock and changes nothing.",
      .options = {kDir,
                  {.name = "--pending", .type = Type::flag, .help = "leave out the applied ones"}},
      .examples = {{"pcx migrate status", "every migration with its state"},
                   {"pcx migrate status --pending --format json", "what a deployment would do"}},
      .exits = {{0, "everything is applied"},
                {1, "pending, edited, missing or out of order"},
                kFailedNote},
      .needs = Needs::database,
      .run = with_place<run_status>};
}

Cmd plan_command() {
  return {
      .path = "migrate plan",
      .summary = "Show what `migrate up` would do",
      .detail =
          "Reads every pending file with PostgreSQL's own grammar and refuses what cannot "
          "run, with its place. Changes nothing, locks nothing.\n\nShows for "
          "each statement the locks on tables that are in use, whether it reads or rewrites "
          "them whole, their size as the planner knows it, and the sessions that hold a "
          "conflicting lock right now. The rows \"(all of it)\" tell what the transaction of "
          "a migration holds at its end; one that runs in steps has none. Tables that the "
          "migrations make are left out.",
      .options = {kDir, to_option("plan up to and including this migration"), kSteps, kAllowEdited,
                  kAllowMissing, kAllowOutOfOrder},
      .examples = {{"pcx migrate plan", "the pending statements, their locks, who is in the way"}},
      .exits = {{0, "nothing to do"},
                {1, "something is pending"},
                kFailedNote,
                kDataNote,
                kConflictNote},
      .needs = Needs::database,
      .run = with_place<run_plan>};
}

Cmd up_command() {
  return {
      .path = "migrate up",
      .summary = "Apply pending migrations",
      .detail =
          "Each file runs in one transaction together with its ledger row: stopped at any "
          "instant, a migration is either wholly applied or not at all. Files are read "
          "before the first one runs.\n\nIt waits for the locks of tables in short tries, so that "
          "nobody has to wait behind it for long, and names who is in the way. After "
          "--lock-deadline it gives up: nothing of that migration is done.\n\nThe ledger is "
          "Prisma's own table: "
          "`prisma migrate "
          "deploy` and pcx may work on one database in turn.",
      .options = {kDir, to_option("apply up to and including this migration"), kSteps, kDryRun,
                  kAllowEdited, kAllowMissing, kAllowOutOfOrder, lock_deadline_option()},
      .examples = {{"pcx migrate up", "apply everything that is pending"},
                   {"pcx migrate up --steps 1 --reason \"release 42\"", "the next one only"},
                   {"pcx migrate up --dry-run", "show the plan"}},
      .exits = {{0, "applied, or nothing to do"},
                {1, "with --dry-run: something is pending"},
                kFailedNote,
                kDataNote,
                kLocksNote,
                kConflictNote},
      .needs = Needs::database_state,
      .locks = {&migrate::kPcxLock, &migrate::kPrismaLock},
      .mutating = true,
      .journal_optional = true,
      .schema_when_asked = true,
      .run = with_place<run_up>};
}

Cmd down_command() {
  return {
      .path = "migrate down",
      .summary = "Revert applied migrations, newest first",
      .detail =
          "Runs the down.sql beside a migration and marks its ledger row as rolled back, in "
          "one transaction. Says first which tables and columns lose how much data, and "
          "where a script may lose more than can be seen in it (DO, CALL, CASCADE). "
          "Without --to and --steps it reverts one migration. Waits for locks as migrate up does.",
      .options = {kDir, to_option("revert everything newer than this migration"), kSteps, kDryRun,
                  kAllowEdited, lock_deadline_option()},
      .examples = {{"pcx migrate down --dry-run", "what reverting the newest would destroy"},
                   {"pcx migrate down --steps 2 --yes", "revert the newest two"}},
      .exits = {{0, "reverted, or nothing to do"},
                {1, "with --dry-run: there is something to do"},
                kFailedNote,
                kDataNote,
                kLocksNote,
                {79, "a migration on the way has no down.sql, or changed after it was applied"}},
      .needs = Needs::database_state,
      .locks = {&migrate::kPcxLock, &migrate::kPrismaLock},
      .mutating = true,
      .journal_optional = true,
      .schema_when_asked = true,
      .destructive = true,
      .run = with_place<run_down>};
}

Cmd new_command() {
  return {.path = "migrate new",
          .summary = "Begin a new migration",
          .detail =
              "Makes <timestamp>_<name>/migration.sql and down.sql, or their like in the "
              "folder's own layout.",
          .options = {kDir},
          .arguments = {{.name = "NAME", .help = "what the migration does"}},
          .examples = {{"pcx migrate new add_invoice_currency", "two files, ready to edit"}},
          .needs = Needs::config,
          .run = run_new};
}

Cmd baseline_command() {
  Opt to = to_option("record everything up to and including this migration");
  to.required = true;
  return {.path = "migrate baseline",
          .summary = "Record migrations as applied without running them",
          .detail =
              "For a database that already has what they would make: the ledger then agrees, "
              "and only newer migrations run.",
          .options = {kDir, to, kDryRun},
          .examples = {{"pcx migrate baseline --to 20260101000000_init", "adopt a database"}},
          .exits = {{1, "with --dry-run: there is something to do"},
                    kFailedNote,
                    kLockNote,
                    {79, "all of them are recorded already (P3008)"}},
          .needs = Needs::database_state,
          .locks = {&migrate::kPcxLock, &migrate::kPrismaLock},
          .mutating = true,
          .journal_optional = true,
          .schema_when_asked = true,
          .run = with_place<run_baseline>};
}

Cmd resolve_command() {
  return {.path = "migrate resolve",
          .summary = "Say what became of a failed migration",
          .detail =
              "After a failure outside pcx the ledger holds an unfinished row and everything "
              "stops (P3009). Look at what the migration left in the database, then say "
              "whether it counts as applied or as rolled back. The database itself is not "
              "changed.\n\nA migration that pcx runs in steps needs this only where it was "
              "stopped in a statement of which the catalog does not tell whether it took effect "
              "(CALL, COMMIT PREPARED): `migrate up` says so, and asks for --step-done or "
              "--step-undone.",
          .options = {kDir,
                      {.name = "--applied",
                       .metavar = "NAME",
                       .help = "it is applied",
                       .dynamic = "migrations"},
                      {.name = "--rolled-back",
                       .metavar = "NAME",
                       .help = "nothing of it is left; it will be applied again",
                       .dynamic = "migrations"},
                      {.name = "--step-done",
                       .metavar = "NAME",
                       .help = "the step at which it was stopped took effect; `migrate up` goes "
                               "on behind it",
                       .dynamic = "migrations"},
                      {.name = "--step-undone",
                       .metavar = "NAME",
                       .help = "that step took no effect; `migrate up` runs it again",
                       .dynamic = "migrations"}},
          .examples = {{"pcx migrate resolve --rolled-back 20260101000000_init",
                        "let the next `migrate up` apply it again"}},
          .exits = {kLockNote,
                    {79, "already applied (P3008), never applied (P3011), not failed (P3012)"}},
          .needs = Needs::database_state,
          .locks = {&migrate::kPcxLock, &migrate::kPrismaLock},
          .mutating = true,
          .journal_optional = true,
          .schema_when_asked = true,
          .run = with_place<run_resolve>};
}

Cmd verify_command() {
  return {.path = "migrate verify",
          .summary = "Prove that the ledger and the files agree",
          .detail =
              "Shows only what is wrong: applied files that changed or are gone, failed "
              "migrations, and pending ones older than the newest applied.",
          .options = {kDir},
          .examples = {{"pcx migrate verify", "silence means agreement"}},
          .exits = {{0, "they agree"},
                    {1, "a pending migration is out of order"},
                    {2, "edited, missing or failed"}},
          .needs = Needs::database,
          .run = with_place<run_verify>};
}

Cmd history_command() {
  return {.path = "migrate history",
          .summary = "Show every event of the ledger, with who and why",
          .detail =
              "Every row of the ledger, rolled back ones too, joined with pcx's journal where "
              "pcx did it.",
          .options = {{.name = "--limit",
                       .type = Type::integer,
                       .metavar = "N",
                       .help = "the newest N events only",
                       .minimum = 1}},
          .examples = {{"pcx migrate history --limit 10", "the newest ten"}},
          .needs = Needs::database,
          .run = run_history};
}

}  // namespace

std::vector<Suggestion> suggest_migrations(const SuggestionTools& tools) {
  std::vector<Suggestion> suggestions;
  for (const auto& migration : migrate::read_folder(value_of(kDir, tools)).migrations) {
    suggestions.push_back({migration.name, migration.down ? "can be reverted" : ""});
  }
  return suggestions;
}

std::vector<Cmd> migrate_commands() {
  return {{.path = "migrate", .summary = "Change the database schema by versioned SQL files"},
          baseline_command(),
          down_command(),
          history_command(),
          new_command(),
          plan_command(),
          resolve_command(),
          status_command(),
          up_command(),
          verify_command()};
}

}  // namespace pcx::cli
