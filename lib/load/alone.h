// `before` and `after`: a flow that one user runs once, by itself and unmeasured.
#pragma once

#include <string>
#include <vector>

#include "core/interrupt.h"
#include "load/reactor.h"

namespace pcx::load {

struct Alone {
  std::vector<Value> variables;  // at its end, by slot
  std::string failure;           // "ECONNREFUSED"; empty: it came to its end
  Counters checked;              // plugins.expect.* and pcx.check.*: whatever was looked at
};

// Blocks. A stop that is requested gives up: failure "interrupted".
// REQUIRES: `variables` by slot, as many as the plan has
Alone run_alone(const Plan& plan, const Scenario& scenario, std::vector<Value> variables,
                std::uint64_t seed, const ReactorOptions& options, const Interrupt& interrupt);

}  // namespace pcx::load
