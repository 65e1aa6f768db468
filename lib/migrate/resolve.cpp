#include "migrate/resolve.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "db/script.h"
#include "migrate/probe.h"
#include "migrate/step.h"

namespace pcx::migrate {

namespace {

constexpr std::chrono::milliseconds kLockTimeout{5'000};

LedgerRow marked_row(const Migration& migration, Time at, Random& random) {
  LedgerRow row;
  row.id = uuid_v4(random);
  row.checksum = migration.checksum;
  row.name = migration.name;
  row.started_at = at;
  row.finished_at = at;
  row.logs = "";
  return row;
}

db::Deed deed_of(std::string action, const std::string& name, const std::string& row_id) {
  return {std::move(action), name, Document::object().set("ledger_row", row_id)};
}

std::vector<db::Deed> end_failed_rows(db::Transaction& tx, const Ledger& ledger,
                                      const std::string& schema, const std::string& name, Time at) {
  std::vector<db::Deed> deeds;
  for (const auto& row : ledger.rows) {
    if (row.name != name || !row.is_failed()) continue;
    mark_rolled_back(tx, schema, row.id, at);
    deeds.push_back(deed_of("migrate.resolve_rolled_back", name, row.id));
  }
  return deeds;
}

void commit_with(db::Transaction& tx, const std::vector<db::Deed>& deeds, const Tools& tools) {
  for (const auto& deed : deeds) {
    if (const auto query = tools.journal(deed)) tx.query(*query);
  }
  tx.commit();
  for (const auto& deed : deeds) {
    if (tools.on_done) tools.on_done(deed);
  }
}

std::vector<std::string> names_in(const Ledger& ledger) {
  std::vector<std::string> names;
  for (const auto& row : ledger.rows) names.push_back(row.name);
  return names;
}

std::string suggestion_for(const std::string& name, const std::vector<std::string>& names) {
  if (const auto near = nearest(name, names)) return fmt::format("Did you mean {}?", *near);
  return "pcx migrate status lists what the ledger has.";
}

// A failed row may stand beside it.
bool has_applied_row(const Entry& entry) {
  const auto& others = entry.other_rows;
  return (entry.row && entry.row->is_applied()) ||
         std::any_of(others.begin(), others.end(),
                     [](const LedgerRow& row) { return row.is_applied(); });
}

[[noreturn]] void refuse_applied(const Entry& entry) {
  const std::string hint = entry.state == State::failed
                               ? "A failed attempt stands beside that. To end it run: pcx migrate "
                                 "resolve --rolled-back " +
                                     entry.name
                               : "There is nothing to resolve. To undo it run: pcx migrate down";
  throw Error{
      ErrorCode::conflict,
      fmt::format("migration {} is already recorded as applied (Prisma's P3008)", entry.name), hint}
      .because("already_applied");
}

}  // namespace

void mark_applied(db::Database& database, const Ledger& ledger, const UpPlan& plan,
                  const Tools& tools) {
  const std::string& schema = database.schema();
  db::Transaction tx = database.begin();
  if (!ledger.exists) create_ledger(tx, schema);
  Time at = tools.clock.wall_now();
  std::vector<db::Deed> deeds;
  for (const Migration* migration : plan.steps) {
    for (auto& deed : end_failed_rows(tx, ledger, schema, migration->name, at)) {
      deeds.push_back(std::move(deed));
    }
    const LedgerRow row = marked_row(*migration, at, tools.random);
    insert_row(tx, schema, row);
    deeds.push_back(deed_of("migrate.resolve_applied", migration->name, row.id));
    at += std::chrono::milliseconds{1};  // readers order rows by started_at
  }
  commit_with(tx, deeds, tools);
}

std::string require_failed(const Ledger& ledger, const std::string& wanted) {
  const auto names = names_in(ledger);
  const std::string* name = find_name(names, wanted);
  if (name == nullptr) {
    throw Error{
        ErrorCode::conflict,
        fmt::format("migration {} was never applied (Prisma's P3011)", escape_controls(wanted)),
        suggestion_for(wanted, names)}
        .because("never_applied");
  }
  if (std::none_of(ledger.rows.begin(), ledger.rows.end(),
                   [&](const LedgerRow& row) { return row.name == *name && !row.finished_at; })) {
    throw Error{ErrorCode::conflict,
                fmt::format("migration {} is not in a failed state (Prisma's P3012)", *name),
                "To undo an applied migration run: pcx migrate down"}
        .because("not_failed");
  }
  return *name;
}

void mark_failed_rolled_back(db::Database& database, const Ledger& ledger,
                             const std::string& wanted, const Tools& tools) {
  const std::string name = require_failed(ledger, wanted);
  db::Transaction tx = database.begin();
  const Time at = tools.clock.wall_now();
  commit_with(tx, end_failed_rows(tx, ledger, database.schema(), name, at), tools);
}

bool is_applied_besides(const Ledger& ledger, const std::string& name) {
  return std::any_of(ledger.rows.begin(), ledger.rows.end(),
                     [&](const LedgerRow& row) { return row.name == name && row.is_applied(); });
}

UpPlan plan_resolve(const std::vector<Entry>& entries, const std::string& name) {
  const Entry& entry = find_entry(entries, name, "P3017");
  if (entry.file == nullptr) {
    throw Error{ErrorCode::not_found,
                fmt::format("migration {} has no file (Prisma's P3017)", entry.name),
                "Restore it from version control."};
  }
  if (has_applied_row(entry)) refuse_applied(entry);
  return {{entry.file}};
}

namespace {

// What the catalog says, with the role and the names of the file.
Effect effect_now(db::Database& database, const Settling& step, bool is_done) {
  if (step.operation.kind == Operation::Kind::unknowable) return Effect::unknown;
  database.set_up_for_script(database.schema(), kLockTimeout);
  if (!step.settings.empty()) db::run_script(database, step.settings.text(), "settings");
  Effect effect = effect_of(database, step.operation, step.facts);
  const bool builds = step.operation.kind == Operation::Kind::create_index;
  const bool is_open = effect == Effect::unknown && is_done && builds;
  if (is_open && !may_be_built(database, step.operation, step.facts)) effect = Effect::none;
  database.reset_settings();
  return effect;
}

// Of what may be repeated the catalog says nothing.
void require_no_contradiction(const Settling& step, Effect effect, bool is_done) {
  const bool is_asked_for =
      effect == Effect::unknown || step.operation.kind == Operation::Kind::repeatable;
  const bool agrees = effect == (is_done ? Effect::took : Effect::none);
  if (is_asked_for || agrees) return;
  const char* const told = effect == Effect::took   ? "took effect"
                           : effect == Effect::none ? "took no effect"
                                                    : "is half done";
  throw Error{ErrorCode::conflict,
              fmt::format("step {} of migration {} ({}) {}, as the catalog says", step.number,
                          step.migration, step.kind, told),
              "Nothing has to be said of it: pcx migrate up finds out and goes on."}
      .because("known_outcome");
}

}  // namespace

Settling plan_settling(const std::vector<Entry>& entries, const std::string& name) {
  const Entry& entry = find_entry(entries, name);
  if (entry.state != State::unfinished || entry.steps.empty() || entry.steps.back().finished) {
    throw Error{ErrorCode::conflict,
                fmt::format("no step of migration {} was stopped while it ran", entry.name),
                "Look at pcx migrate status; an unfinished migration goes on with: pcx migrate up"}
        .because("nothing_in_flight");
  }
  const StepRecord& step = entry.steps.back();
  Settling settling{entry.name, entry.row->id, step.number, step.kind};
  settling.facts = step.facts;
  if (entry.file == nullptr) return settling;
  const Analysis analysis = analyse(entry.file->up.text);
  if (reason_for_steps(entry.file->up, analysis).empty()) return settling;
  for (const Step& each : split_steps(entry.file->up, analysis)) {
    if (each.hash == step.hash) {
      settling.operation = operation_of(entry.file->up.text.substr(each.offset, each.length));
      break;
    }
    settling.settings.add(entry.file->up, each);
  }
  return settling;
}

void settle_step(db::Database& database, const Settling& step, bool is_done, const Tools& tools) {
  require_no_contradiction(step, effect_now(database, step, is_done), is_done);
  db::Transaction tx = database.begin();
  tx.query(settle_query(step.ledger_row, step.number, is_done));
  const db::Deed deed{
      is_done ? "migrate.resolve_step_done" : "migrate.resolve_step_undone", step.migration,
      Document::object().set("ledger_row", step.ledger_row).set("step", std::int64_t{step.number})};
  commit_with(tx, {deed}, tools);
}

}  // namespace pcx::migrate
