#include "migrate/outlook.h"

#include "migrate/check.h"
#include "migrate/step.h"
#include "migrate/tree.h"

namespace pcx::migrate {

namespace {

ScriptOutlook look_at(Forecaster& forecaster, const std::string& name, const Script& source) {
  const Analysis analysis = analyse(source.text);
  ScriptOutlook script{name, analysis.analysed, analysis.parse_error, {}, {}, false, {}};
  if (!analysis.analysed) {
    script.error_place = location_in(source, analysis.error_offset);
    return script;
  }
  const auto parsed = tree::parse(source.text).script;
  if (!parsed) return script;
  std::vector<Forecast> forecasts;
  const auto& nodes = tree::list_of(*parsed, "stmts");
  for (std::size_t i = 0; i < analysis.statements.size() && i < nodes.size(); ++i) {
    const Statement& statement = analysis.statements[i];
    forecasts.push_back(forecaster.read(tree::child_of(nodes[i], "stmt")));
    script.statements.push_back({location_in(source, statement.offset), statement.kind,
                                 statement.refusal != Refusal::not_in_transaction,
                                 forecasts.back()});
  }
  script.in_steps = !reason_for_steps(source, analysis).empty();
  script.total = sum(forecasts);
  return script;
}

}  // namespace

ScriptOutlook look_ahead(db::Database& database, const Script& script) {
  Catalog catalog{database, database.schema()};
  Forecaster forecaster{catalog};
  return look_at(forecaster, "", script);
}

std::vector<ScriptOutlook> look_ahead(db::Database& database, const UpPlan& plan) {
  Catalog catalog{database, database.schema()};
  Forecaster forecaster{catalog};
  std::vector<ScriptOutlook> scripts;
  for (const Migration* step : plan.steps) {
    scripts.push_back(look_at(forecaster, step->name, step->up));
  }
  return scripts;
}

}  // namespace pcx::migrate
