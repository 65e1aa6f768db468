// A report for a terminal.
#pragma once

#include <string>

#include "kpi/report.h"

namespace pcx::kpi {

// A table for each tenant: of one day with changes, parts and notes; of several days a line for
// each KPI with its course (every day's value is in the other formats). No data can steer the
// terminal. Columns are aligned by code points.
std::string report_text(const Report& report);

}  // namespace pcx::kpi
