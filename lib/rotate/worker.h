// One worker of a rotation: takes shards until there are none, each window's progress saved behind
// it. Any number of them, on any number of machines, share a rotation.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/database.h"
#include "rotate/preflight.h"
#include "rotate/rotation.h"
#include "rotate/throttle.h"

namespace pcx::rotate {

// What all workers of one run share.
struct Job {
  const Rotation& rotation;
  const std::vector<Heap>& heaps;
  const ResealKeys& keys;
  Triggers triggers = Triggers::refuse;
  std::size_t rows_per_page = 1;
  Limits limits;  // of all workers
  Random& random;
  Clock& clock;
  const Interrupt& interrupt;
  // Between two stripes, and while it waits: throws when nothing new shall be begun.
  std::function<void()> throw_if_stopped;
  std::string name;   // of a worker: host and process
  std::string actor;  // who rotates, for the audit trail
  std::function<db::Database()> connect;
  // From the workers' threads, one at a time: a window is done; a wait begins or ends ("").
  std::function<void(const WindowReport& report)> on_window;
  std::function<void(const std::string& reason)> on_wait;
};

class Worker {
 public:
  // Opens three sessions: for reading, for writing, and for what it holds (shard and table). `job`
  // and `rate` must outlive it. Throws Error{permission} without the right to skip triggers, and
  // what connecting throws.
  Worker(const Job& job, RowRate& rate);

  // Until every shard is finished, those of other workers included: of one that dies the shard is
  // taken over. A shard whose table was dropped, or is not registered any more, is closed. Throws
  // what the server answers, and what Job::throw_if_stopped does between two stripes; then
  // everything before is done and saved.
  void run();

  // What rows are left, wherever they are now: pages that shards did not have, and rows that moved
  // behind them. One pass; the rows written and left. Offline it is also the proof: every value is
  // opened.
  Written sweep(const Heap& heap);

  db::Database& database() { return writing_; }

 private:
  // Keeps ANALYZE away from a table while its pages are rewritten: for seconds it holds a snapshot,
  // and no version of a row could be pruned meanwhile. Whoever waits for the table, as ALTER TABLE
  // does, makes all others wait behind it, this worker's writes too: it is let go as soon as one of
  // them has waited for lock_timeout.
  class TableHold;

  void on_wait(const std::string& reason);
  // nullptr: it is no heap of the job.
  const Heap* heap_of(std::uint32_t relation) const;
  void rotate(const Heap& heap, const BlockRange& blocks,
              const std::function<void(const WindowReport&)>& after_window);
  ThrottleOptions throttle_options(RowRate& rate);

  const Job& job_;
  db::Database reading_;
  db::Database writing_;
  db::Database holding_;
  TableHold* hold_ = nullptr;  // while a heap is rotated
  Throttle throttle_;
};

}  // namespace pcx::rotate
