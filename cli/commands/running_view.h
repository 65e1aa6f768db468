// How a statement that runs for long outside of a transaction is told of.
#pragma once

#include <functional>

#include "cli/progress.h"
#include "migrate/statement_watch.h"

namespace pcx::cli {

// The progress line every time, with the phase and who is in the way; a line that stays when one of
// them changes, and every ten seconds. `progress` outlives it.
std::function<void(const migrate::Running&)> running_teller(Progress& progress);

}  // namespace pcx::cli
