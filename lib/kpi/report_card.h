// What a page shows of one KPI: its number, its picture, its changes. HTML.
#pragma once

#include <string>

#include "kpi/course.h"
#include "kpi/report.h"

namespace pcx::kpi {

// Of one day. data-kpi, data-state and data-value (digits) say the same to programs.
std::string day_card(const Result& result, const std::string& currency);
// Of several days.
std::string course_card(const Course& course, TenantDays days, const std::string& currency);

}  // namespace pcx::kpi
