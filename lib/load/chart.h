// The pictures of a report: what was asked and achieved, when latencies were what, how they are
// distributed, what went wrong. HTML: a legend and an SVG; empty where there is nothing to show.
// Their size does not depend on how long the run was.
#pragma once

#include <string>

#include "load/result.h"

namespace pcx::load {

// Users that were planned and started each second, and errors.
std::string rate_chart(const Result& result);
// pcx.latency over time: the darker a field, the more of its seconds' requests are in it. Lines
// show the p50 and the p99.
std::string heat_map(const Result& result);
// Percentiles of http.response_time and pcx.latency up to the last that their counts can tell.
std::string percentile_chart(const Result& result);
// Errors by kind, and HTTP codes from 400 on.
std::string error_chart(const Result& result);

}  // namespace pcx::load
