// A report as Prometheus reads it: text format 0.0.4
// (prometheus.io/docs/instrumenting/exposition_formats) and OpenMetrics 1.0
// (github.com/OpenObservability/OpenMetrics, specification of 2020-11-23).
//
//   pcx_kpi_appointments{tenant="north"} 23            metric_name(); absent when it is not known
//   pcx_kpi_appointments_by_status{tenant="north",status="completed"} 20
//   pcx_kpi_error{tenant="north",kpi="revenue"} 1      its question failed; 0: it was answered
//   pcx_kpi_unknown{tenant="north",kpi="average_wait",reason="no_data"} 1     or "not_kept"
//   pcx_kpi_day_start_timestamp_seconds{tenant="north"} 1772946000            of the day, half open
//   pcx_kpi_day_end_timestamp_seconds{tenant="north"} 1773028800
//   pcx_kpi_partial{tenant="north"} 0                  1: the day is not over
//   pcx_kpi_last_success_timestamp_seconds 1773030600.123      only with Report::runtime, and
//                                                      when not all of the results failed
//   pcx_kpi_collect_duration_seconds 0.042             only with Report::runtime
//
// So zero is a series with 0; no data, not kept and failed are no series, and pcx_kpi_unknown and
// pcx_kpi_error say which. All are gauges; samples have no timestamps, which the Pushgateway and
// node_exporter refuse: what a day is stands in the two timestamps. HELP depends on the definition
// alone, so that several files agree. A tenant without a slug and an id has the label "", which to
// Prometheus is the same as none.
#pragma once

#include <string>

#include "kpi/report.h"

namespace pcx::kpi {

enum class TextFormat { prometheus, openmetrics };

// "text/plain; version=0.0.4; charset=utf-8", "application/openmetrics-text; version=1.0.0;
// charset=utf-8".
const char* content_type(TextFormat format) noexcept;

// Series have no place for a second day, and two tenants of one label would be one.
//
// Throws Error{usage} when a tenant has more than one day, Error{conflict} with reason
// "tenant_label" when two tenants with days have the same label.
void require_one_day_each(const Report& report);

// Lines end with LF, the last one, too; metrics are sorted by name, samples as in the report;
// of labels and help, control characters other than '\n' and invalid UTF-8 become U+FFFD. Throws as
// require_one_day_each().
std::string exposition(const Report& report, TextFormat format);

// The same of one day alone, in Prometheus' format.
std::string exposition_of(const Report& report, const DayReport& day);

}  // namespace pcx::kpi
