// How a migration waits for the locks of its tables without making others wait behind it: a lock
// that is not to be had holds up everybody who comes later, so each try is short, the pauses
// between them are long, and at a deadline the migration gives up. There is never a try without a
// limit.
#pragma once

#include <chrono>

#include "core/random.h"

namespace pcx::migrate {

// The timeout grows slowly: a long reader of 5 s meets some ten tries, the last of about 260 ms,
// and nobody waits longer than that behind one. It grows at all since a busy table may never be
// free within 100 ms, and to 2 s since only a wait of deadlock_timeout (1 s as a rule) makes the
// server take an autovacuum out of the way. A pause is at most 500 ms, so that a migration runs
// within a second after its locks are free. scripts/bench/locks measures all of it.
struct Patience {
  std::chrono::milliseconds first_timeout{100};  // lock_timeout of the first try
  std::chrono::milliseconds timeout_max{2'000};
  double growth = 1.1;                   // of the timeout from try to try
  std::chrono::milliseconds pause{400};  // between tries, spread evenly over +-25 %
  // From the first try's start. A try that began before it may still work after it: the locks are
  // limited, the work is not. 0: one try.
  std::chrono::milliseconds deadline{std::chrono::minutes{5}};
};

// The same where the session has a lock_timeout of its own (0: none), which counts when it is
// stricter. Pure.
Patience within(Patience patience, std::chrono::milliseconds own_timeout);

// The lock_timeout of try `number` (1 for the first). Pure.
std::chrono::milliseconds lock_timeout(const Patience& patience, int number);

// How long to leave the server alone before the next try.
std::chrono::milliseconds pause_before_next(const Patience& patience, Random& random);

}  // namespace pcx::migrate
