// Whether the figures of a run are to be believed: whether it was the generator that was the limit,
// or the target. Pure.
//
//   INVALID   nothing was answered; less than 99.9 % of the planned users were started, or were
//             started within 0.1 s of their time; the p99 of how late they started is above 10 ms;
//             the same for how late a shard came to what was due at any other time of the test;
//             a shard used more than 95 % of a core for three seconds; the processor was throttled
//             for more than 1 % of the time; descriptors or ports ran out
//   DEGRADED  a p99 above 1 ms; 80 % of a core; the run was stopped before its end; more than 0.1 %
//             of the users were given up at the end of the drain
//   VALID     otherwise
//
// Starts may be later than that where it does not show: by 1 % of the median latency. Users that
// maxVusers left out count as started: it was planned so.
#pragma once

#include "load/result.h"

namespace pcx::load {

Verdict grade(const Result& result);

}  // namespace pcx::load
