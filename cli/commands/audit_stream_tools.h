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

// The times alone; with --source. Throw Error{usage} for what is no time.
audit::TrailFilter stream_times_in(Context& context, const Values& values);
audit::TrailFilter stream_filter_in(Context& context, const Values& values);

std::string rows_text(std::uint64_t count);

}  // namespace pcx::cli
