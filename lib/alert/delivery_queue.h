// One receiver's lines of the outbox, in the order in which they may be tried, and how many calls
// its limit leaves. No clock, no store.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "alert/memory.h"

namespace pcx::alert {

// How long a line rests at least after its `attempts`-th attempt failed.
std::chrono::milliseconds least_pause(int attempts);

// Calls within the last minute, and when the next one may be.
class CallWindow {
 public:
  explicit CallWindow(int calls_max) : calls_max_(calls_max) {}  // 0: no limit

  // A call that ended then; in any order. One in the future (a clock that was set back) counts as
  // now.
  void add(Time ended_at, Time now);
  // The earliest time for one more, not before `now`.
  Time free_at(Time now);

 private:
  int calls_max_;
  std::multiset<Time> ends_;
};

class DeliveryQueue {
 public:
  DeliveryQueue(std::string name, int calls_per_minute_max)
      : name_(std::move(name)), window_(calls_per_minute_max) {}

  const std::string& name() const { return name_; }

  // REQUIRES: in the order of their sequence; `line` stays where it is.
  void add(OutboxLine& line);
  // The calls of earlier runs that a line tells of.
  void remember_calls(const OutboxLine& line, Time now);

  // When the next call may be made, not before `now`; std::nullopt without lines.
  std::optional<Time> earliest(Time now);
  // Takes out the line to try: of those that are first of their dedup key the one that is due
  // longest. REQUIRES: earliest() is not std::nullopt
  OutboxLine& take();
  // Gives it back: when it is still queued it is the first of its key again, at its not_before.
  void give_back(OutboxLine& line);

  void call_ended(Time at) { window_.add(at, at); }
  void pause_until(Time time) { paused_until_ = std::max(paused_until_, time); }

 private:
  using Head = std::tuple<Time, std::int64_t, OutboxLine*>;  // not_before, sequence

  void put_head(const std::string& dedup_key);

  std::string name_;
  CallWindow window_;
  Time paused_until_{};
  std::map<std::string, std::deque<OutboxLine*>> lines_;  // by dedup key
  std::set<Head> heads_;
};

}  // namespace pcx::alert
