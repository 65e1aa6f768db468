// Work that may fail for a while: tried again after growing delays (guide, gap 17).
#pragma once

#include <functional>

#include "core/backoff.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/random.h"

namespace pcx {

// Calls `work` until it throws no Error, and returns what it returned. After an Error for which
// `may_help` is true it waits and tries again, policy.retries_max times; then, and for every other
// Error, that Error is thrown. Whole transactions: db/retry.h.
//
// Throws Error{internal} without calling `work` when retries_max is negative.
template <typename Work>
auto retry(const BackoffPolicy& policy, Clock& clock, Random& random,
           const std::function<bool(const Error&)>& may_help, Work work) {
  for (int number = 1; number <= policy.retries_max; ++number) {
    try {
      return work();
    } catch (const Error& error) {
      if (!may_help(error)) throw;
    }
    clock.sleep_for(backoff_delay(policy, number, random));
  }
  if (policy.retries_max < 0) throw Error{ErrorCode::internal, "Retry failed without error"};
  return work();
}

}  // namespace pcx
