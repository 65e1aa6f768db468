#include "migrate/ready.h"

#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "migrate/check.h"

namespace pcx::migrate {

namespace {

constexpr int kNamesShown = 5;

// Prisma's P3005: a schema that is not empty and has no ledger was not made by these migrations.
void refuse_foreign_schema(db::Database& database) {
  const auto names = foreign_tables(database, database.schema(), kNamesShown);
  if (names.empty()) return;
  throw Error{ErrorCode::conflict,
              fmt::format("schema {} is not empty and has no migration ledger (Prisma's P3005)",
                          database.schema()),
              "If it was made by some of these migrations, record them: pcx migrate baseline --to "
              "NAME. Otherwise name an empty database or schema."}
      .because("not_empty")
      .with_detail("it has: " + join(names, ", "));
}

std::vector<Analysis> check_all(const std::vector<const Script*>& scripts) {
  std::vector<Analysis> analyses;
  analyses.reserve(scripts.size());
  for (const Script* script : scripts) analyses.push_back(check_script(*script));
  return analyses;
}

std::vector<const Script*> scripts_of(const DownPlan& plan) {
  std::vector<const Script*> scripts;
  for (const auto& step : plan.steps) scripts.push_back(&*step.migration->down);
  return scripts;
}

// What was begun in steps goes on in steps, whatever the file says now.
Stepped step_out(const Migration& migration, const Analysis& analysis, const UpPlan& plan) {
  Stepped stepped{.reason = reason_for_steps(migration.up, analysis)};
  const auto begun = plan.unfinished.find(migration.name);
  const bool is_begun = begun != plan.unfinished.end();
  if (stepped.reason.empty() && !is_begun) return stepped;
  stepped.steps = split_steps(migration.up, analysis);
  if (!is_begun) return stepped;
  stepped.ledger_row = begun->second.ledger_row;
  stepped.resume = find_resume(migration, stepped.steps, begun->second.steps);
  return stepped;
}

// Most likely a mistake; where another tool has applied it there is nothing to say any more.
void refuse_empty_ups(const UpPlan& plan) {
  for (const Migration* step : plan.steps) {
    if (!trim(step->up.text).empty()) continue;
    throw Error{ErrorCode::data, "migration is empty",
                "Write its SQL; a migration that is meant to do nothing holds a comment."}
        .at({escape_controls(step->up.file.native())})
        .because("empty");
  }
}

void refuse_empty_downs(const DownPlan& plan, const std::vector<Analysis>& analyses) {
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (!analyses[i].analysed || !analyses[i].statements.empty()) continue;
    const Migration& migration = *plan.steps[i].migration;
    throw Error{ErrorCode::conflict,
                fmt::format("the down script of migration {} holds no statement", migration.name),
                "Write what undoes the migration, or go forward with a new one."}
        .at({escape_controls(migration.down->file.native())})
        .because("no_down");
  }
}

}  // namespace

ReadyUp make_ready(db::Database& database, const Ledger& ledger, UpPlan plan) {
  refuse_empty_ups(plan);
  ReadyUp ready;
  for (const Migration* migration : plan.steps) {
    Analysis analysis = check_foreign(migration->up);
    ready.stepped.push_back(step_out(*migration, analysis, plan));
    ready.analyses.push_back(std::move(analysis));
  }
  if (!ledger.exists && !plan.steps.empty()) refuse_foreign_schema(database);
  ready.plan = std::move(plan);
  return ready;
}

ReadyUp read_only(UpPlan plan) {
  ReadyUp ready;
  for (const Migration* migration : plan.steps) {
    ready.analyses.push_back(analyse(migration->up.text));
    ready.stepped.emplace_back();
  }
  ready.plan = std::move(plan);
  return ready;
}

ReadyDown make_ready(DownPlan plan) {
  auto analyses = check_all(scripts_of(plan));
  refuse_empty_downs(plan, analyses);
  return {std::move(plan), std::move(analyses)};
}

}  // namespace pcx::migrate
