// A report without a database, with everything that an output has to tell apart.
#pragma once

#include "kpi/report.h"

namespace pcx::kpi {

// Two tenants and rows of none, one day each (2026-03-08, 23 hours in New York). Of "north": 23
// appointments, 0 cancelled, no average wait, revenue that failed, low stock that was not kept; of
// "south" everything known; a quote, a comma and markup are in its name and in a label.
Report sample_report();

}  // namespace pcx::kpi
