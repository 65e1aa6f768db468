// From a question about days and tenants to a Report, in one snapshot.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "db/database.h"
#include "kpi/question.h"
#include "kpi/report.h"
#include "kpi/snapshot.h"
#include "kpi/tenants.h"

namespace pcx::kpi {

// The days of each tenant's own calendar.
struct DaysAsked {
  enum class Which { today, yesterday, range };
  Which which = Which::today;
  Date first, last;  // of a range, both included
};

struct ReportRequest {
  DaysAsked days;
  std::optional<std::string> tenant;  // a slug or an id; std::nullopt: each of them
  Zones zones;
  Selection selection;
  bool has_comparisons = true;  // with other days, and anomalies
  std::string currency = "usd";
  Time now;
  Limits limits;
  bool has_runtime = false;
};

struct Reading {
  Report report;
  // Whether rows of no tenant were left out: nothing is known of their time zone.
  bool left_out_rest = false;
};

// A state of a day that is over is what was recorded of it; when nothing was, and the day ended
// less than kStateHours ago, what it is now; else it is not kept. What is compared with a state, or
// with a definition of Rows::lone_day, is what was recorded. Rows of no tenant, and of tenants that
// the table does not know, are reported when there are any, or when there are no tenants at all.
//
// Throws as choose_tenants() and read_days(); Error{usage} with reason "future" for a day that has
// not begun; what a lost connection or a stop throws. Whatever else fails is a Value that failed.
inline constexpr int kStateHours = 24;
Reading read_report(db::Database& database, std::shared_ptr<const Catalog> catalog,
                    const ReportRequest& request, Clock& clock);

// The definitions of these names, in the order of the catalog; without names all but the wide ones,
// or with them. Throws Error{usage} with reason "kpi" for a name that is none, with the nearest
// one.
Selection select_definitions(const Catalog& catalog, const std::vector<std::string>& names,
                             bool with_wide);

}  // namespace pcx::kpi
