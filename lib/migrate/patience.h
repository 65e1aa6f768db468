// How a migration waits for the locks of its tables without making others wait behind it: a lock
// that is not to be had holds up everybody who comes later, so each try is short, the pauses
// between them are long, and at a deadline the migration gives up. There is never a try without a
// limit.
#pragma once

#include <chrono>

#include "core/random.h"

namespace pcx::migrate {

struct Patience {
  std::chrono::milliseconds first_timeout{100};  // lock_timeout of the first try
  std::chrono::milliseconds timeout_max{2'000};
  double growth = 1.1;                   // of the timeout from try to try
  std::chrono::milliseconds pause{400};  // between tries, spread evenly over +-25 %
  std::chrono::milliseconds deadline{std::chrono::minutes{5}};  // from the first try's start
};

// The lock_timeout of try `number` (1 for the first). Pure.
std::chrono::milliseconds lock_timeout(const Patience& patience, int number);

// How long to leave the server alone before the next try.
std::chrono::milliseconds pause_before_next(const Patience& patience, Random& random);

}  // namespace pcx::migrate
