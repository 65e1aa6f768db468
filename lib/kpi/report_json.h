// A report for programs.
#pragma once

#include <string>

#include "core/document.h"
#include "kpi/report.h"

namespace pcx::kpi {

// {"definition_hash", "currency", "reports": [a day of a tenant, ...], "runtime": only when set}
//
// A day of a tenant: {"tenant" (slug, else id, else ""), "tenant_id" (null: rows of none),
// "tenant_name", "day", "time_zone", "from", "to", "until", "partial",
//  "metrics": {"appointmentsToday": 23, ...}: the names of the guide, null when not known,
//  "kpis": [{"name", "title", "guide" (null: none), "kind", "unit", "value", "state", "reason",
//    "sample", "parts": [{"label", "value"}],
//    "comparisons": [{"basis", "day", "value", "state", "change", "new"}],
//    "anomaly": {"verdict", "points", "median", "score"},
//    "series": [{"day", "value", "state"}], "definition_hash"}]}
// Numbers are decimal digits as PostgreSQL wrote them, null when not known; reason is null when it
// is. change is a share: 0.15 is 15 % more; of ratios a difference.
Document report_json(const Report& report);

// A line for each tenant, day and KPI: a member of "kpis" with "tenant", "tenant_id",
// "tenant_name", "day", "time_zone", "from", "to", "until", "partial", "currency" in front.
std::string report_ndjson(const Report& report);

}  // namespace pcx::kpi
