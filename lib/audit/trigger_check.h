// Whether what makes the trail was changed behind its back: the notes of the census, one after the
// other, and the catalog as it is now (audit/census.h); and when not everything was captured, as
// the trail knows.
//
// A note explains a change only when it speaks of it: DDL of that object, pause and resume, install
// and uninstall of that table, an epoch of the function that it replaces. A function that another
// body took the place of is explained by nothing but that it is this binary's now.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "audit/attack.h"
#include "audit/capture_gaps.h"
#include "db/database.h"

namespace pcx::audit {

// What is harmless most of the time, and cannot be told from what is not.
struct Doubt {
  std::int32_t epoch = 0;
  std::optional<Time> until;  // std::nullopt: since the newest census
  std::string what;
};

struct TriggerCheck {
  std::vector<TrailFinding> findings;
  std::set<std::string> replaced_partitions;  // names of partitions that are other tables now
  std::vector<CaptureGap> gaps;
  std::vector<Doubt> doubts;
};

struct TriggerScope {
  std::int32_t newest_epoch = 0;  // whose census the catalog is compared with
  std::uint64_t newest_size = 0;  // leaves of its tree
  bool is_restored = false;       // every object is another one: the catalog is not compared
};

TriggerCheck check_triggers(db::Transaction& tx, const TriggerScope& scope);

}  // namespace pcx::audit
