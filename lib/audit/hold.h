// Legal holds: what of the captured changes must not leave the trail, however old it is. Each is
// told in the trail itself, when it is placed (kind 'hold') and when it is released ('release'): a
// row that somebody takes out of pcx.legal_hold has left its note behind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/document.h"
#include "db/database.h"

namespace pcx::audit {

// Which changes: those that fit all that is given; nothing given: all.
struct HoldFilter {
  std::optional<std::string> tenant;
  std::optional<std::string> relation;  // "public.patients"
  std::optional<std::string> row;       // primary key, as pcx.change has it
  std::optional<std::string> actor;
  std::optional<Time> since;  // that one, too
  std::optional<Time> until;  // not that one

  // Throws Error{usage} with reason "range" when nothing is since `since` and before `until`.
  void require_order() const;
  std::string described() const;  // "tenant t1, relation public.patients"; "everything"
};

struct Hold {
  std::int64_t id = 0;
  std::string reason;
  HoldFilter filter;
  Time placed_at{};
  std::string placed_by;
  std::optional<Time> released_at = {};
  std::string released_by = {};
};

// Throws Error{not_found} with reason "no_table" when the filter names a table that is not there,
// nor ever was audited: a name with a slip in it would keep nothing.
void require_known_relation(db::Transaction& tx, const HoldFilter& filter);

// Captured changes that a hold is on, kHeldCounted at most. Reads all of the trail in its time when
// they are few.
inline constexpr std::int64_t kHeldCounted = 100'000;
struct HeldChanges {
  std::int64_t count = 0;
  bool has_more = false;
};
HeldChanges count_held(db::Transaction& tx, std::int64_t id);

// Both write their note in `tx`. `by` is who does it, for people. Returns the hold's number.
// Note of kind 'hold': {"id", "reason", "by", and what the filter has: "tenant", "relation", "row",
// "actor", "since", "until"}.
std::int64_t place_hold(db::Transaction& tx, const HoldFilter& filter, const std::string& reason,
                        const std::string& by);
// Note of kind 'release': {"id", "reason", "by"}. Throws Error{not_found} with reason
// "no_such_hold".
void release_hold(db::Transaction& tx, std::int64_t id, const std::string& reason,
                  const std::string& by);
enum class Which { standing, all };
std::vector<Hold> read_holds(db::Transaction& tx, Which which);

}  // namespace pcx::audit
