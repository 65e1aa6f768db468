// Figures as thresholds and conditions name them: "http.response_time.p95", "http.codes.500".
#pragma once

#include <optional>
#include <string>

#include "load/result.h"

namespace pcx::load {

struct Metric {
  std::optional<double> value;  // std::nullopt: was never measured
  bool is_assumed = false;      // a counter that was never incremented, and means 0
};

// Counters and http.request_rate by their names; NAME.min, max, count, mean, p50, median, p75, p90,
// p95, p99 and p999 of summaries, in milliseconds. Also the names of Artillery 1:
// "engine.http.response_time.p95", "core.vusers.created.total".
//
// A counter is there only once it was incremented. Where all names of a kind are counters
// ("http.codes.500", "errors.ETIMEDOUT"), one that is not there is 0.
Metric metric_of(const Result& result, const std::string& name);

}  // namespace pcx::load
