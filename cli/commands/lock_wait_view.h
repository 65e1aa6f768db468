// What the operator hears of a migration that waits for the locks of its tables.
#pragma once

#include <functional>

#include "cli/command.h"
#include "cli/progress.h"
#include "migrate/lock_wait.h"

namespace pcx::cli {

Opt lock_deadline_option();

// Says who is in the way: at once when somebody is, or somebody else, then every ten seconds; and
// at the end how long it took. `progress` outlives it.
std::function<void(const migrate::Waiting&)> lock_wait_teller(Progress& progress);

}  // namespace pcx::cli
