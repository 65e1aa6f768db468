// How often keys are used, counted in memory and told to the database at most once a minute: what
// is read for every request is not written for every request.
//
// Telling costs the one request that finds it due some milliseconds, and no request its answer:
// what could not be written is kept for the next time, and said. A process that is killed loses
// what it counted since the last time. Of a key in plain, when it was used last is all that is
// told, and not even that behind a fence that is not proven (apikey/plain_fence.h).
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "apikey/key.h"
#include "apikey/store.h"
#include "core/clock.h"
#include "core/error.h"

namespace pcx::apikey {

struct UsageOptions {
  std::chrono::milliseconds interval{60'000};
  // Told what writing ended with, must not throw; empty: a warning in the log.
  std::function<void(const Error&)> on_failure = {};
};

// One for all threads of a process. `clock` outlives it.
class Usage {
 public:
  explicit Usage(const Clock& clock, UsageOptions options = {});

  // One request of this key, which was taken for it or refused.
  void count(const Key& key, bool is_taken, Time now);

  // Writes what was counted when an interval has passed since the last time; of several threads,
  // one does. `database` is the caller's own session, without a transaction.
  void tell_when_due(db::Database& database);
  // Writes it now: at the end.
  void tell(db::Database& database);

 private:
  using Instant = std::chrono::steady_clock::time_point;

  std::vector<Uses> take_all();
  void put_back(const std::vector<Uses>& all);

  const Clock& clock_;
  const UsageOptions options_;
  std::atomic<Instant> due_;
  std::mutex mutex_;                                            // guards counted_
  std::unordered_map<std::string, std::vector<Uses>> counted_;  // by row_id
};

}  // namespace pcx::apikey
