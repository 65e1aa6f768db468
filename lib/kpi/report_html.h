// A report as one page: no script, nothing to load, light and dark, for screens and paper.
#pragma once

#include <string>

#include "kpi/report.h"

namespace pcx::kpi {

// What stands out first; then a section for each tenant, with a card for each KPI and a table of
// the numbers that its pictures show; what the numbers mean last. All data is escaped, texts are
// cut at page::kPageTextBytesMax.
//
// A page grows by about 1.4 KB for each KPI of each tenant, of several days by 0.04 KB more for
// each day: for hundreds of tenants CSV and JSON are made.
std::string report_html(const Report& report);

}  // namespace pcx::kpi
