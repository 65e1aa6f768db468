#include "migrate/patience.h"

#include <algorithm>
#include <cmath>

#include "core/backoff.h"

namespace pcx::migrate {

Patience within(Patience patience, std::chrono::milliseconds own_timeout) {
  if (own_timeout.count() == 0) return patience;
  patience.first_timeout = std::min(patience.first_timeout, own_timeout);
  patience.timeout_max = std::min(patience.timeout_max, own_timeout);
  return patience;
}

std::chrono::milliseconds lock_timeout(const Patience& patience, int number) {
  const auto first = static_cast<double>(patience.first_timeout.count());
  const auto most = static_cast<double>(patience.timeout_max.count());
  const double grown = first * std::pow(patience.growth, number - 1);
  return std::chrono::milliseconds{static_cast<std::int64_t>(std::min(grown, most))};
}

std::chrono::milliseconds pause_before_next(const Patience& patience, Random& random) {
  constexpr double spread = 0.25;
  return backoff_delay({.first_delay = patience.pause, .jitter = spread}, 1, random);
}

}  // namespace pcx::migrate
