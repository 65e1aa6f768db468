// Whether a run may be ended early: what a script demands cannot be met any more, whatever comes.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "load/result.h"

namespace pcx::load {

// What is not met, and what was found so far; std::nullopt: everything may still be. `so_far` has
// the demands, the counters and those summaries that `summaries_of` names; `planned` is the number
// of users of the whole run.
//
// Counters and maxima only grow, so they are lost once they are at their limit; so is an error rate
// when more users have failed than all may. A percentile is lost when more values are above its
// limit than may be at the end, a mean when its sum is: the number of values at the end is
// estimated from those that users have had who have ended. Conditions are expressions, whose values
// come and go ("vusers.completed >= 20"); they are judged at the end.
std::optional<std::string> find_hopeless(const Result& so_far, std::int64_t planned);

// Those that thresholds are of, by their names.
std::set<std::string> summaries_of(const std::vector<Demand>& demands);

}  // namespace pcx::load
