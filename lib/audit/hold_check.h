// Whether what must not leave the trail (table pcx.legal_hold) is what the trail's notes say: every
// hold is there as it was placed, and released only where a note says so. Retention believes the
// table.
#pragma once

#include <vector>

#include "audit/attack.h"
#include "db/database.h"

namespace pcx::audit {

std::vector<TrailFinding> check_holds(db::Transaction& tx);

}  // namespace pcx::audit
