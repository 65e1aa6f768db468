// What verifying a trail finds, and where. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/seal_point.h"
#include "core/finding.h"

namespace pcx::audit {

enum class Attack {
  row_altered,          // a row is not what was sealed
  row_deleted,          // a sealed row is gone
  row_inserted,         // a row that was not there when its time was sealed
  rows_swapped,         // rows have each other's place
  row_retimed,          // a row has another time
  ledger_altered,       // the ledger is not what was sealed, the rows are
  tail_dropped,         // the newest leaves are gone
  checkpoint_forged,    // nobody who is believed has signed it
  checkpoint_replaced,  // signed, and not in its place
  tiles_altered,        // the tree is not what was sealed, the ledger is
  trigger_disabled,     // what captures changes was changed behind the trail's back
  function_replaced,    // a function of the trail is not what pcx ships
  capture_bypassed,     // something stands before the trail and may keep rows from it
  partition_restored,   // a month was replaced by an older copy of it
  gap,                  // not everything is captured or sealed, as is known
  restored,             // the database is an older state of itself
};

const char* to_string(Attack attack) noexcept;  // "row altered"

struct TrailFinding {
  Attack attack = Attack::gap;
  Finding severity = Finding::critical;
  std::int32_t epoch = 0;              // 0: of no tree
  std::optional<std::uint64_t> index;  // of the first leaf that is concerned
  bool is_exact = true;                // otherwise: not before that leaf
  std::string what;                    // a phrase for people, with the row's id or place
  bool operator==(const TrailFinding&) const = default;
};

// By epoch and index; what has none comes last.
bool comes_before(const TrailFinding& left, const TrailFinding& right) noexcept;

inline constexpr std::size_t kFindingsMax = 10;  // of one kind

// In that order, and of each kind the first ones only; the last of them says how many more.
void sort_and_shorten(std::vector<TrailFinding>& findings);

}  // namespace pcx::audit
