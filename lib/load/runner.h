// A load test from its beginning to its Result: `before`, the shards and what they did, `after`.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/interrupt.h"
#include "load/origins.h"
#include "load/plan.h"
#include "load/result.h"

namespace pcx::load {

// What a second looked like, for the live view.
struct Glimpse {
  double elapsed_s = 0, length_s = 0;
  std::int64_t planned = 0, created = 0, active = 0, completed = 0, failed = 0, skipped = 0;
  std::int64_t requests = 0, responses = 0, errors = 0;
  std::optional<double> p50_ms, p99_ms;  // latency of the last second; std::nullopt: nothing ended
};

struct RunOptions {
  std::string script;  // its name
  std::uint64_t seed = 0;
  int shards = 0;  // 0: one less than the processors, at least one
  Part part;
  std::optional<Time> start_at;
  std::optional<nanoseconds> drain;  // after the last arrival; std::nullopt: until all have ended
  bool strict = false;               // --artillery-strict
  // Stops when a strict demand of the script cannot be met any more: see find_hopeless().
  bool aborts_on_fail = false;
  Resolve resolve;
  std::function<void(const std::string& line)> log;        // of `log:` steps, from any shard
  std::function<void(const Glimpse& glimpse)> on_glimpse;  // once a second
};

// Blocks. A stop that was requested lets no new users start, gives up those that are there, and
// is in the Result, as is whatever else ended the run early: memory that ran out, too. Judged and
// graded; `notes` are the caller's to add. Throws Error{unreachable} before the first request when
// no host of the target is found or may be loaded, and Error{data} when `before` fails.
Result run_load(const Plan& plan, const RunOptions& options, const Interrupt& interrupt);

}  // namespace pcx::load
