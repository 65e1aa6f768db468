// Whether what makes the trail was changed behind its back: the notes of the census, one after the
// other, and the catalog as it is now (audit/census.h).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "audit/attack.h"
#include "db/database.h"

namespace pcx::audit {

struct TriggerCheck {
  std::vector<TrailFinding> findings;
  std::set<std::string> replaced_partitions;  // names of partitions that are other tables now
};

// `newest_epoch` is the one whose census the catalog is compared with, `newest_size` the leaves of
// its tree.
TriggerCheck check_triggers(db::Transaction& tx, std::int32_t newest_epoch,
                            std::uint64_t newest_size);

}  // namespace pcx::audit
