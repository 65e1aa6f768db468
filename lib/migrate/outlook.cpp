#include "migrate/outlook.h"

#include "migrate/check.h"
#include "migrate/tree.h"

namespace pcx::migrate {

namespace {

ScriptOutlook look_at(Forecaster& forecaster, const Migration& migration) {
  const Analysis analysis = analyse(migration.up.text);
  ScriptOutlook script{migration.name, analysis.analysed, analysis.parse_error, {}, {}, {}};
  if (!analysis.analysed) {
    script.error_place = location_in(migration.up, analysis.error_offset);
    return script;
  }
  const auto parsed = tree::parse(migration.up.text).script;
  if (!parsed) return script;
  std::vector<Forecast> forecasts;
  const auto& nodes = tree::list_of(*parsed, "stmts");
  for (std::size_t i = 0; i < analysis.statements.size() && i < nodes.size(); ++i) {
    const Statement& statement = analysis.statements[i];
    forecasts.push_back(forecaster.read(tree::child_of(nodes[i], "stmt")));
    script.statements.push_back({location_in(migration.up, statement.offset), statement.kind,
                                 statement.refusal != Refusal::not_in_transaction,
                                 forecasts.back()});
  }
  script.total = sum(forecasts);
  return script;
}

}  // namespace

std::vector<ScriptOutlook> look_ahead(db::Database& database, const UpPlan& plan) {
  Catalog catalog{database, database.schema()};
  Forecaster forecaster{catalog};
  std::vector<ScriptOutlook> scripts;
  for (const Migration* step : plan.steps) scripts.push_back(look_at(forecaster, *step));
  return scripts;
}

}  // namespace pcx::migrate
