// What `migrate plan` shows: statement by statement, which locks it takes and who is in the way.
#pragma once

#include <vector>

#include "cli/command.h"
#include "cli/commands/migrate_views.h"
#include "migrate/holders.h"
#include "migrate/outlook.h"

namespace pcx::cli {

// One row for each relation that a statement locks (one without, when it locks none), and at the
// end of a migration of several statements one for each relation that its transaction holds.
Outcome show_outlook(const std::vector<migrate::ScriptOutlook>& scripts,
                     const std::vector<migrate::Holder>& holders, const PlanWords& words);

}  // namespace pcx::cli
