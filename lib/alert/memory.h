// What runs of `pcx alert check` remember: everything of one environment, read at the beginning of
// a run and written at its end.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alert/alert.h"
#include "alert/machine.h"
#include "alert/notification.h"
#include "alert/silence.h"
#include "core/document.h"

namespace pcx::alert {

enum class Delivery { queued, delivered, dead };

// One line of the outbox. Lines of one receiver and dedup key are delivered in the order of their
// sequence, each before the next is tried.
struct OutboxLine {
  std::string id;             // uuid; sent along where the receiver's format has a place for it
  std::int64_t sequence = 0;  // rising over all lines
  std::string receiver;
  Notification notification;
  bool is_routine = false;  // Queued::is_routine: no event tells of it
  Delivery delivery = Delivery::queued;
  int attempts = 0;
  Time queued_at{};
  Time not_before{};  // the next try
  // The receiver asked to be left alone until then (Retry-After), by all lines.
  std::optional<Time> held_until;
  std::optional<Time> ended_at;  // delivered or dead
  bool is_refused = false;       // dead, because its receiver will never take it
  std::string last_failure;      // a phrase, without secrets
  bool operator==(const OutboxLine&) const = default;
};

// What happened, for `pcx alert history`.
struct Event {
  std::string id;  // uuid, or of an end made of its line's: told twice, it is kept once
  Time at{};
  std::string kind;  // "fired", "resolved", "began_pending", ..., "queued", "delivered", "dead",
                     // "acknowledged", "silence_added", "silence_ended", "merged"
  std::string alert_id;  // empty: of no alert
  std::string dedup_key;
  Labels labels;
  std::string text;  // a phrase
  std::string by;    // who, where a person did it
  bool operator==(const Event&) const = default;
};

// Counters of the application as they were read, for rates over time (app_reading.h).
struct Reading {
  Time at{};
  Document values;  // an object
  bool operator==(const Reading&) const = default;
};

struct RunSummary {
  Time at{};
  int exit_code = 0;
  std::string line;  // what `alert check` printed
  std::string run_id;
  std::chrono::milliseconds since_previous{0};  // the run before it; 0: there was none
  std::chrono::milliseconds pace{0};            // the longer one of it and the pause before it
  bool operator==(const RunSummary&) const = default;
};

// How long what has ended stays in the memory; PostgreSQL keeps it longer (store.h).
inline constexpr std::chrono::hours kEndedLineStays{1};
inline constexpr std::chrono::hours kEndedSilenceStays{24};
// Of each list, and of all of it as JSON.
inline constexpr std::size_t kMemoryItemsMax = 100'000;
inline constexpr std::size_t kMemoryBytesMax = std::size_t{256} * 1024 * 1024;

struct Memory {
  std::int64_t generation = 0;  // rises with each write; 0: never written
  std::string origin;           // uuid of the database's memory, also in files; empty: none yet
  // Pending, firing, and resolved ones that are remembered for their changes (Outcome).
  std::vector<Alert> alerts;
  std::vector<Incident> incidents;
  // Queued ones, and those that ended less than an hour ago (rates); from files: all that ended.
  std::vector<OutboxLine> outbox;
  std::vector<Silence> silences;  // active and to come, and those that ended less than a day ago
  std::vector<Reading> readings;  // the oldest first
  std::optional<RunSummary> last_run;
  // Of this run; written, never read back from PostgreSQL. From files: all that PostgreSQL has not
  // got yet.
  std::vector<Event> new_events;
  std::int64_t next_sequence = 1;
};

// The whole of it as JSON, for files: times in whole milliseconds, doubles that read back equal.
// What NUL and invalid UTF-8 there is in texts becomes U+FFFD once it is written. Numbers in
// readings are finite.
//
// memory_of throws Error{data} for what is none, naming the field ("alerts[3].phase"), and beyond
// kMemoryItemsMax.
Document to_document(const Memory& memory);
Memory memory_of(const Document& document);

// Throws Error{data} with reason "too_much" when a list is longer than kMemoryItemsMax.
void require_limits(const Memory& memory);
// Leaves out lines and silences that ended too long ago, see above.
void forget_ended(Memory& memory, Time now);

// `theirs`: what PostgreSQL has now; `ours`: what a file has, which began at generation `base` of
// theirs and went on alone. The result is of theirs' generation.
//
// When theirs is still at `base`, ours is what happened since, with what was delivered in theirs
// (attempts are no generation of their own). When it went on, too (another machine reached the
// database, or this is the second time, since a run was killed before it had cleared the file),
// nothing that either knows is lost:
// - of an alert that both have, the one evaluated later, and the acknowledgement of either while it
//   is the same episode (active_since);
// - of a silence that both have, the one that has ended (later), else the one that fitted later;
// - incidents open in either are open, unless the other side decided on their resolve after their
//   last notification (its line stands in the outbox); of both the one notified later;
// - a line that waits is dead when a later one of its incident was delivered by the other side;
// - lines of both, delivered if either says so, each side's in its own order, the two in that of
//   queued_at; where that needs it, sequences rise;
// - readings of both, the later last_run.
// An alert of theirs that ended in ours after theirs evaluated it (new_events) has ended.
// new_events are those of ours: they have ids, so that writing them twice is writing them once.
// Lines that have ended stay in the result, so that theirs is told.
Memory merge(const Memory& theirs, const Memory& ours, std::int64_t base);

}  // namespace pcx::alert
