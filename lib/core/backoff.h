// Exponential backoff: a pure table of delays. The defaults are the product guide's (gap 17:
// maxRetries 3, initialDelay 1 s, maxDelay 10 s, backoffFactor 2).
#pragma once

#include <chrono>

#include "core/random.h"

namespace pcx {

struct BackoffPolicy {
  int retries_max = 3;  // tries after the first one
  std::chrono::milliseconds first_delay{1'000};
  std::chrono::milliseconds delay_max{10'000};
  double factor = 2.0;
  double jitter = 0.1;  // the delay is spread evenly over +-10 %; 0 switches it off
};

// The delay before retry `number` (1 for the first): first_delay * factor^(number-1), capped at
// delay_max from the second retry on, as the application's own `retry` does it (its first delay is
// not capped), then spread by `jitter`.
std::chrono::milliseconds backoff_delay(const BackoffPolicy& policy, int number, Random& random);

}  // namespace pcx
