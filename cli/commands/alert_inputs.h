// What rules are about, read once for a run: health, KPIs, load tests, the application.
#pragma once

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

// Only what `rules` ask for is read. An input that cannot be read fails by itself; the Memory takes
// the application's readings.
//
// Throws Error{data} with its place for a rule that asks for a metric which no input has, with the
// nearest one that there is; Error{config} for an input that is configured wrongly; a stop.
alert::InputSet alert_inputs(Context& context, const Values& values,
                             const std::vector<alert::Rule>& rules, MaybeDatabase& database,
                             alert::Memory& memory);

// Names of all metrics that rules may ask for, sorted.
std::vector<std::string> alert_metrics(const Values& values, const Config& config);

}  // namespace pcx::cli
