// How a load test is run, from the words of the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cli/command.h"
#include "cli/context.h"
#include "load/plan.h"
#include "load/result.h"
#include "load/runner.h"

namespace pcx::cli {

std::vector<Opt> run_options();

// "I/M": part I of M, from 0. std::nullopt for anything else.
std::optional<load::Part> parse_part(std::string_view text);
// Seconds since 1970, or RFC 3339. std::nullopt for anything else.
std::optional<Time> parse_start(std::string_view text);

// Throws Error{usage} for what does not go together, a part without a seed, and a start that is
// over.
load::RunOptions run_options_of(Context& context, const Values& values);

// Throws Error{data} with reason "max_rate" when the plan's peak is above --max-rate.
void require_rate(const Values& values, const load::Plan& plan);

}  // namespace pcx::cli
