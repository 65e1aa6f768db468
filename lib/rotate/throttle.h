// Holds a worker to its limits: looks at the server, and waits where pace.h says so.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/interrupt.h"
#include "db/database.h"
#include "rotate/pace.h"
#include "rotate/rotation.h"
#include "rotate/row_rate.h"

namespace pcx::rotate {

struct ThrottleOptions {
  Limits limits;
  RowRate& rate;              // shared with the other workers
  std::vector<int> own_pids;  // sessions of this run: their snapshots are no obstacle
  Clock& clock;
  const Interrupt& interrupt;  // ends a sleep
  std::function<void()> throw_if_stopped;
  // A wait begins, or its reason changes; "" when it is over.
  std::function<void(const std::string& reason)> on_wait;
};

// For one thread; asks through a session of its own.
class Throttle {
 public:
  // Throws Error{permission} when a limit cannot be watched by this role.
  Throttle(db::Database& database, const Rotation& rotation, const ThrottleOptions& options);

  // Returns when the next `rows` rows may be written. 0: the ones before wait for somebody's lock.
  // Throws what `throw_if_stopped` does, and as require_current().
  void wait(std::int64_t rows);
  // The rows that were waited for are written: the time until then is theirs. wait() is to be
  // called before more are.
  void written();

 private:
  Load look();
  void wait_for_server(std::int64_t needed);
  void wait_for_rate(std::int64_t rows);
  void rest();
  void require_rights();

  db::Database& database_;
  const Rotation& rotation_;
  ThrottleOptions options_;
  Load before_;                         // the look that the last second's WAL is counted from
  Load last_;                           // the newest one
  double bytes_per_row_ = 0;            // of WAL, as seen so far
  std::int64_t rows_since_ = 0;         // written since the last look
  std::optional<std::int64_t> credit_;  // bytes of WAL until the next look
  bool is_judged_ = false;              // by a look, since it began
  LatencyPace latency_;
  std::optional<std::chrono::steady_clock::time_point> writing_since_;
  bool is_slow_told_ = false;
};

}  // namespace pcx::rotate
