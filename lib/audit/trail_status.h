// How the trail stands: is everything captured that is to be, and is it sealed?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/catalog.h"
#include "core/document.h"
#include "core/finding.h"
#include "db/database.h"

namespace pcx::audit {

enum class Capture {
  on,
  paused,      // by `pcx audit pause`
  absent,      // there is no such table any more, or it has another name
  unfinished,  // 'pcx audit install' was stopped before it came to it
  outdated,    // its rule names columns that are not there, or are called otherwise
  unsafe,      // a column's values become JSON by somebody's function: TableFacts::casts
  missing,     // a trigger is not there
  disabled,    // somebody disabled one
  changed,     // one is another trigger than pcx makes
};
const char* to_string(Capture capture) noexcept;  // "on"
Finding finding_of(Capture capture) noexcept;     // of triggers that somebody touched: critical

struct Loss {
  std::int64_t changes = 0;
  std::string sqlstate;  // of the last one
  Time last_at;
};

// Also of a table that the trail says is audited, and pcx.audit_table does not know: missing.
struct TableStatus {
  TableRule rule;
  Capture capture = Capture::on;
  std::string why = {};        // of outdated, unsafe and absent ones: a phrase
  std::string paused_because;  // of paused ones
  std::optional<Time> paused_at = std::nullopt;
  std::optional<Loss> lost = std::nullopt;  // within kLossDays
};

struct SealStatus {
  std::optional<std::int32_t> epoch;  // of the newest checkpoint; std::nullopt: there is none
  std::int64_t size = 0;              // leaves in it
  std::optional<Time> sealed_at;
  std::int64_t unsealed = 0;  // rows of the ledger behind it, kUnsealedCounted at most
  bool has_more = false;      // than those
  std::optional<Time> oldest_unsealed;
};

inline constexpr std::int64_t kUnsealedCounted = 100'000;

// A guard of the trail's own tables that does not guard: "pcx_audit_guard on pcx.ledger".
struct GuardOff {
  std::string guard;
  std::string state;  // "missing", "disabled", "changed"
};

struct TrailStatus {
  std::vector<TableStatus> tables;
  Capture log = Capture::missing;  // absent: no such table, or it was uninstalled
  bool is_adopted = true;          // rows of the log from before have leaves
  EventTriggers event_triggers;
  bool wants_event_triggers = false;  // the trail says that they are there
  std::vector<GuardOff> guards_off;
  std::vector<std::string> replaced;  // functions that are not this binary's: shipped_functions.h
  bool has_digest_key = true;         // without it tables with digests cannot be captured
  SealStatus seal;
  int months_ahead = 0;   // partitions for so many months after this one
  bool has_late = false;  // rows fell into the default partitions, which retention cannot drop
  std::optional<std::int32_t> epoch;  // the tree that is added to; std::nullopt: not installed
};

inline constexpr int kLossDays = 30;

// std::nullopt without the trail's tables, or where nothing is, or was, audited. Its time does not
// grow with the trail, but with what is not sealed. Throws as has_trail() (audit/catalog.h), and
// the same where functions or columns of the trail are not there.
std::optional<TrailStatus> read_trail_status(db::Database& database, Time now);

}  // namespace pcx::audit
