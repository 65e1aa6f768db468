// Migrations of which this role cannot tell whether pcx began them in steps.
#pragma once

#include <vector>

#include "db/database.h"
#include "migrate/state.h"

namespace pcx::migrate {

// Notes it at the failed ones where the step journal is there and not readable: what looks failed
// may be unfinished.
void note_hidden_steps(db::Database& database, std::vector<Entry>& entries);

}  // namespace pcx::migrate
