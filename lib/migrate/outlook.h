// What the scripts of a plan will do to others, before they do it.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "db/database.h"
#include "migrate/forecast.h"
#include "migrate/plan.h"

namespace pcx::migrate {

struct StatementOutlook {
  Location place;
  std::string kind;           // "ALTER TABLE"
  bool transactional = true;  // false: cannot run inside a transaction
  Forecast forecast;
};

struct ScriptOutlook {
  std::string name;  // of its migration
  bool analysed = false;
  std::string parse_error;  // when not analysed: what the grammar did not understand,
  Location error_place;     // and where
  std::vector<StatementOutlook> statements;
  bool in_steps = false;  // then no transaction holds the whole of `total`
  Forecast total;         // what its transaction holds at its end
};

// Of one script alone; without a name.
ScriptOutlook look_ahead(db::Database& database, const Script& script);

// In the order of the plan: a table that an earlier script makes is new to a later one.
std::vector<ScriptOutlook> look_ahead(db::Database& database, const UpPlan& plan);

}  // namespace pcx::migrate
