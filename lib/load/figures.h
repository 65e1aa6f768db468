// Figures of a result by their names, and how they are written for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/grouped.h"
#include "load/result.h"

namespace pcx::load {

// Counter `name`; 0 when it was never incremented.
std::int64_t count_of(const Counters& counters, const std::string& name);
// Summary `name`; an empty one when nothing was recorded.
const Histogram& summary_of(const Result& result, const std::string& name);

// Artillery's http.request_rate: requests of a period by the time from its first to its last event,
// one second at least; of a run the mean over its periods.
std::int64_t request_rate(const Period& period);
std::int64_t request_rate(const Result& result);
// Requests a second, by the time that the run took: "20", "0.35". Artillery's mean is lower where a
// period is cut short, and most runs begin and end with one.
std::string pace_text(const Result& result);

// Counters whose names begin with `prefix`, by what is behind it; the largest first.
struct Counted {
  std::string name;
  std::int64_t count = 0;
  bool operator==(const Counted&) const = default;
};
std::vector<Counted> counters_below(const Counters& counters, std::string_view prefix);
std::string kinds_text(const std::vector<Counted>& kinds);  // "200: 3,952, 500: 40"

// What was requested, under the name that Artillery's metrics-by-endpoint gives it.
struct EndpointFigures {
  std::string name;
  std::int64_t responses = 0, errors = 0;
  std::vector<Counted> codes, kinds;  // of responses, of errors
  Histogram response_time, latency;   // empty: never recorded
};
// Those with most responses and errors first.
std::vector<EndpointFigures> endpoints_of(const Result& result);

std::string ms_text(std::int64_t microseconds);  // "0.41", "14.2", "231", "2,410": milliseconds
std::string share_text(double share);            // "0.04 %", "12 %", "100 %"; less only when it is

}  // namespace pcx::load
