// A range of pages, resealed window by window: one thread reads and seals the next window while
// another writes this one. Two sessions, since the server works for both at the same time.
#pragma once

#include <cstdint>
#include <functional>

#include "core/random.h"
#include "db/database.h"
#include "rotate/pace.h"
#include "rotate/window.h"

namespace pcx::rotate {

// Pages of a window at most. Its rows are in memory twice, read and being written: some 3 MB at 1
// KB a row, and never much more than kWindowBytes.
inline constexpr std::int64_t kWindowBlocks = 250;
// Where a rate is kept: so many that reading a window and writing a stripe take a moment, and
// nobody has to wait for a processor that does either. A stripe has a row of each page, and is then
// what is due in a millisecond. Where WAL is limited: a stripe whose pages are all written to it
// whole, as the first one behind a checkpoint is, has a sixteenth of what may be written. Where
// latency is limited: a stripe whose rows take 10 us each, as on an idle server, takes a quarter of
// the limit.
std::int64_t window_blocks_for(const Limits& limits);

struct Sessions {
  db::Database& reading;
  db::Database& writing;
};

struct LaneOptions {
  const Target& target;
  const ResealKeys& keys;
  Plaintext plaintext = Plaintext::leave;
  std::size_t rows_per_page = 1;  // of a stripe
  Random& random;                 // used by both threads at the same time: SystemRandom
  std::int64_t window_blocks = kWindowBlocks;
  // Reads, writes and prunes in turn: never more than one processor is busy.
  bool in_turn = false;
  TrailNote note = {};
};

struct WindowReport {
  BlockRange blocks;
  std::int64_t rows_read = 0;
  std::int64_t seals = 0;
  Written written;
};

struct LaneEvents {
  // Before the first stripe of a window, which is in memory then: the reader is waited for without
  // any lock, since it may wait for somebody else's.
  std::function<void()> before_window;
  BeforeStripe before_stripe;
  // After each window, in order: everything before blocks.to is done.
  std::function<void(const WindowReport& report)> after_window;
};

// The events come from the calling thread; what they throw stops both threads, where there are two.
// Throws what reading and writing throw.
void run_lane(const Sessions& sessions, const LaneOptions& options, const BlockRange& blocks,
              const LaneEvents& events);

}  // namespace pcx::rotate
