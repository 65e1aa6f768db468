// Delivery: takes the outbox to the receivers, as far as time and their limits let it.
//
// Of one receiver and dedup key a line is tried only when all before it are delivered or dead. 202
// and the like: delivered. 400 and other refusals: dead, which is told as an event and in the exit
// status, and makes its incident due again (notification.h). 429, 5xx, no answer: later, after 30
// s, 60 s, 120 s, up to 10 min, spread upwards by jitter, and never before what Retry-After says
// (an hour at most), which the receiver's other lines wait for, too, also in runs that follow. A
// receiver that failed twice in a row, or that cannot be tried at all (Error{config}), is left
// alone for the rest of the run; its lines wait.
//
// Receivers take turns by the time that each has taken, so that one which hangs costs the others no
// more than one attempt at a time. Nothing is begun that could not end before the deadline.
//
// Calls within any 60 s stay at or below the receiver's calls_per_minute_max, over runs, too: calls
// of runs before are what the outbox tells of them (a line's end, or its not_before less its least
// pause), so it has to keep lines that ended within the last minute. Not counted are a call whose
// run was killed before it could save it, and routine lines (notification.h) of runs before, which
// the next ones replace.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "alert/memory.h"
#include "alert/receiver.h"
#include "alert/store.h"
#include "core/backoff.h"
#include "core/clock.h"
#include "core/random.h"

namespace pcx::alert {

// After which an attempt that failed is repeated; jitter is only ever added to it.
inline constexpr BackoffPolicy kDeliveryPauses{.first_delay = std::chrono::seconds{30},
                                               .delay_max = std::chrono::minutes{10},
                                               .factor = 2.0,
                                               .jitter = 0};
inline constexpr double kDeliveryJitter = 0.2;
inline constexpr std::chrono::hours kDeliveryRetryAfterMax{1};
// No attempt begins with less time than this before the deadline.
inline constexpr std::chrono::milliseconds kAttemptMin{500};
// What waits for a receiver that is not configured any more is given up after so long.
inline constexpr std::chrono::hours kUnknownReceiverWait{24};

struct DeliveryTools {
  Store& store;  // delivery ends once it is not this run's any more (Store::is_ours)
  std::function<Receiver*(const std::string& name)>
      receiver;  // nullptr: not configured any more; its lines wait
  std::function<int(const std::string& name)> calls_per_minute_max;  // 0: no limit
  Clock& clock;
  Random& random;
  Interrupt& interrupt;
  // It sleeps until a limit or a pause is over, when that is before the deadline; else what cannot
  // be sent at once waits for the next run.
  std::chrono::steady_clock::time_point deadline;
};

struct DeliveryReport {
  int delivered = 0;
  int refused = 0;                              // dead now
  int waiting = 0;                              // still queued
  std::optional<Time> oldest;                   // of these, when it was queued
  std::map<std::string, std::string> failures;  // receiver -> last words
};

// Changes memory.outbox and adds events ("delivered", "dead"); every attempt is saved before the
// next begins. After a stop or a crash in between, the attempt that was not saved is made again,
// with the same id, before anything else of its dedup key. Throws only what the store throws and
// the Interrupt's error.
//
// What is refused is noted at its incident (Incident::trigger_refused_at, end_refused_at).
DeliveryReport deliver(Memory& memory, const DeliveryTools& tools);

// Notes what a run could not any more that ended after an attempt was saved and before its memory
// was: refusals at their incidents, and events of lines that have ended since the last run began.
// Called before what is told is decided.
void note_ends(Memory& memory);

}  // namespace pcx::alert
