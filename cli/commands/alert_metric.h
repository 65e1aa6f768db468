// `pcx alert check --metric`: an expression's values against two ranges, as a plugin without rules
// and state.
#pragma once

#include "cli/command.h"
#include "cli/context.h"

namespace pcx::cli {

// Throws Error{usage} for options that are of rules; what InputReader throws.
Outcome run_alert_metric(Context& context, const Values& values);

}  // namespace pcx::cli
