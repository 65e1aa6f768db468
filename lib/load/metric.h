// Figures as thresholds and conditions name them: "http.response_time.p95", "http.codes.500".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "load/result.h"

namespace pcx::load {

struct Metric {
  std::optional<double> value;  // std::nullopt: was never measured
  bool is_assumed = false;      // a counter that was never incremented, and means 0
};

// "http.response_time.p95": of a summary. Its figure may be none.
struct MetricName {
  std::string summary;  // "http.response_time", also for the name of Artillery 1
  std::string figure;   // "p95", "median", "max"
};
// std::nullopt for counters and rates, which are told by their names.
std::optional<MetricName> summary_metric(const std::string& name);
// 95 of "p95", 50 of "median"; std::nullopt: no percentile.
std::optional<double> percent_of(std::string_view figure);

// Counters and http.request_rate by their names; NAME.min, max, count, mean, p50, median, p75, p90,
// p95, p99 and p999 of summaries, in milliseconds. Also the names of Artillery 1:
// "engine.http.response_time.p95", "core.vusers.created.total".
//
// A counter is there only once it was incremented. Where all names of a kind are counters
// ("http.codes.500", "errors.ETIMEDOUT"), one that is not there is 0.
Metric metric_of(const Result& result, const std::string& name);

}  // namespace pcx::load
