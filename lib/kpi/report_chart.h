// Pictures of KPIs: as inline SVG, for a page whose style sheet has the colours. Each carries its
// numbers as attributes: data-kpi, data-days and data-values (digits, or a state), oldest first.
#pragma once

#include <string>

#include "kpi/course.h"
#include "kpi/report.h"

namespace pcx::kpi {

// A bar for each day of Result::series, the day itself last; a dash where there is no number. Empty
// when no number is known.
std::string bar_chart(const Result& result, const std::string& currency);
// A line over the days, interrupted where there is no number. Empty as above.
std::string line_chart(const Course& course, TenantDays days, const std::string& currency);

}  // namespace pcx::kpi
