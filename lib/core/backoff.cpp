#include "core/backoff.h"

#include <algorithm>
#include <cmath>

namespace pcx {

std::chrono::milliseconds backoff_delay(const BackoffPolicy& policy, int number, Random& random) {
  const double first = static_cast<double>(policy.first_delay.count());
  const double cap = static_cast<double>(policy.delay_max.count());
  // 0 stays 0: times an infinite power it would be NaN.
  const bool plainly_first = number <= 1 || first == 0;
  const double plain =
      plainly_first ? first : std::min(first * std::pow(policy.factor, number - 1), cap);
  const double spread = policy.jitter == 0 ? 0 : policy.jitter * (2 * random.unit() - 1);
  return std::chrono::milliseconds{std::llround(plain * (1 + spread))};
}

}  // namespace pcx
