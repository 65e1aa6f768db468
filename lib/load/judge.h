// Whether the demands of a script are met by what was measured: its thresholds, conditions, error
// rate, expectations and checks. Pure.
//
// Where Artillery misses what is plainly meant, pcx does not: names are looked up as a whole (there
// "http.response_time.p99" is replaced inside of "http.response_time.p999", too), and a counter
// that was never incremented is 0 (there "http.codes.500 == 0" fails when it is met best).
#pragma once

#include <vector>

#include "load/plan.h"
#include "load/result.h"

namespace pcx::load {

// What a plan wants to hold at its end, in the order of the script; each kind of expectation once.
std::vector<Demand> demands_of(const Plan& plan);

// Before the names of counters of what `before` and `after` have checked: those of the users are as
// Artillery counts them.
inline constexpr const char* kAlonePrefix = "pcx.alone.";

// Fills `result.judged` anew from its demands, and adds to its notes what Artillery would have
// judged otherwise. Throws Error{data} for a condition that cannot be read.
void judge(Result& result);

// Nothing that is strict is missed. That it was judged at all, and by valid figures, is another
// question: see Verdict.
bool is_passed(const Result& result);

}  // namespace pcx::load
