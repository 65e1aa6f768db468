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
  // Days that are not over are left out: of each tenant by its own calendar.
  bool only_closed = false;
  // Rows of no tenant are a tenant of their own, whether there are any or not: for who keeps
  // numbers, and replaces those of before.
  bool always_rest = false;
  std::string currency = "usd";
  Time now;
  Limits limits;
  bool has_runtime = false;
};

struct Reading {
  Report report;
  // Whether rows of no tenant were left out: nothing is known of their time zone.
  bool left_out_rest = false;
  bool left_out_today = false;        // of some tenant, by ReportRequest::only_closed
  std::size_t left_out_inactive = 0;  // tenants
};

// A number of a day that is not over is of the day as a whole, with what is to come of it
// (appointments); what is compared is as much as has passed, of all days (Result::so_far).
//
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
