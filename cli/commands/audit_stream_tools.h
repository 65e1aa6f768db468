// What the commands share that read the trail in its order: export, tail, coverage.
#pragma once

#include <string>
#include <vector>

#include "audit/trail_event.h"
#include "cli/command.h"
#include "cli/context.h"

namespace pcx::cli {

Opt stream_source_option();
Opt stream_cursor_option(std::string_view help);
std::vector<Opt> stream_time_options();  // --since, --until, --time-zone

// Of the first two. Throws Error{usage} for what is no time.
audit::TrailFilter stream_filter_in(Context& context, const Values& values);

// Throws Error{not_found} with reason "not_installed" when schema pcx has no trail.
void require_trail(db::Database& database);

std::string rows_text(std::uint64_t count);

}  // namespace pcx::cli
