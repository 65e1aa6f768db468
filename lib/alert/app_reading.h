// Readings of the application, as the memory keeps them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alert/app_counters.h"
#include "alert/inputs.h"
#include "alert/memory.h"

namespace pcx::alert {

// What one run hands to the next. Only the newest reading has it whole.
struct AppState {
  double looks = 0;    // at /health/ready, ever
  double unready = 0;  // of these, did not say ready
  AppTotals totals;
  std::optional<Time> read_at;           // when /metrics answered last
  std::optional<Time> not_before;        // 429: when /metrics may be asked again
  std::optional<Time> login_refused_at;  // the last login, if it was refused
};

// Of the newest reading; a beginning without one.
AppState state_of(const std::vector<Reading>& readings);

// Adds the reading of `at`, with its counters if they were read then, and thins the others: one a
// minute for an hour, one in ten minutes for a day, one an hour for 31 days, of each the first.
// Those that are later than `at`, or as late, are dropped: a clock was wrong.
void append_reading(std::vector<Reading>& readings, Time at, const AppState& state);

// Adds the metrics of all windows that end with the newest reading. REQUIRES: there is one
void add_windows(const std::vector<Reading>& readings, InputSet& inputs);
// "pcx_app_requests:5m", ...: those of /health/ready, those of /metrics.
std::vector<std::string> health_window_metrics();
std::vector<std::string> counter_window_metrics();

}  // namespace pcx::alert
