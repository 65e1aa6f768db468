// A report in long form for spreadsheets and loaders: RFC 4180 with CRLF.
#pragma once

#include <string>

#include "kpi/report.h"

namespace pcx::kpi {

// A line for each value, and one with state "part" and a label for each of its parts; to add up the
// column `value`, leave these out. Columns:
//   day,tenant,tenant_name,kpi,label,value,unit,state,reason,n,partial,
//   previous_day,previous_day_change,same_weekday,same_weekday_change,previous_year,
//   previous_year_change,anomaly,score,definition_hash
// tenant is the slug, else the id. value and the three days are digits, empty when not known; a
// change is a share (0.15 is 15 % more; of ratios a difference), or "new", or why that day is not
// known. Text that a spreadsheet would run has an apostrophe in front, its control characters but
// breaks of lines are U+FFFD; numbers stay numbers.
std::string report_csv(const Report& report);

}  // namespace pcx::kpi
