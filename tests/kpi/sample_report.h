// A report without a database, with everything that an output has to tell apart.
#pragma once

#include "kpi/report.h"

namespace pcx::kpi {

// Two tenants and rows of none, one day each (2026-03-08, 23 hours in New York). Of "north": 23
// appointments, 0 cancelled, no average wait, revenue that failed, low stock that was not kept; of
// "south" everything known; a quote, a comma and markup are in its name and in a label.
Report sample_report();

// One tenant, "north", on seven days from 2026-03-02 on: appointments 10, 11, none known (failed on
// 2026-03-04), 13, 14, 15, 16; revenue 0.10, 1.20, 2.30 and so on, of 2026-03-07 not asked; low
// stock not kept but on the last day.
Report sample_week();

// `kpis` KPIs of `tenants` tenants with comparisons, anomalies, series and two parts each.
Report large_report(std::size_t kpis, std::size_t tenants);

}  // namespace pcx::kpi
