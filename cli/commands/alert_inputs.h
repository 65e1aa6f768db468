// What rules are about, read once for a run: health, KPIs, load tests, the application.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "alert/inputs.h"
#include "alert/memory.h"
#include "alert/rule.h"
#include "cli/commands/alert_tools.h"
#include "cli/context.h"

namespace pcx::cli {

// --stored, --load-result, --time-zone, --definitions, --timeout: of commands that read inputs.
std::vector<Opt> alert_input_options();

struct InputLimits {
  // Whether the application may be asked for a token: by runs that remember when it refused one.
  bool may_log_in = false;
  // What would begin later fails.
  std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

// Only what `rules` ask for is read. An input that cannot be read fails by itself; the Memory takes
// the application's readings.
//
// Throws Error{data} with its place for a rule that asks for a metric which no input has, with the
// nearest one that there is; Error{config} for an input that is configured wrongly; a stop.
alert::InputSet alert_inputs(Context& context, const Values& values,
                             const std::vector<alert::Rule>& rules, MaybeDatabase& database,
                             alert::Memory& memory, const InputLimits& limits);

// Names of all metrics that rules may ask for, sorted.
std::vector<std::string> alert_metrics(const Values& values, const Config& config);

}  // namespace pcx::cli
