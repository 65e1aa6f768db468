// What the commands of `pcx migrate` hand to lib/migrate: journal, progress, patience.
#pragma once

#include <string_view>

#include "cli/context.h"
#include "cli/values.h"
#include "migrate/migrator.h"

namespace pcx::cli {

// `context` outlives them. `activity` is for the progress line: "migrate up".
migrate::Tools tools_for(Context& context, std::string_view activity);

// The same for scripts that run, and wait for their locks: of commands with --lock-deadline.
migrate::Tools patient_tools_for(Context& context, const Values& values, std::string_view activity);

// A warning for each other tool that is migrating this database just now: pcx has its own lock and
// Prisma's, and knows the others' by their numbers.
void warn_of_other_tools(Context& context);

}  // namespace pcx::cli
