// What a request's answer gives to its user: captures, matches, expectations.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/random.h"
#include "load/answer.h"
#include "load/plan.h"
#include "load/template.h"

namespace pcx::load {

// False when a strict capture or match failed: then no variable is set.
bool capture_all(const Request& request, const Answer& answer, const Scope& scope,
                 std::vector<Value>& variables);

// Whether it is met.
bool is_met(const Expectation& expectation, const Answer& answer, const Scope& scope);

}  // namespace pcx::load
