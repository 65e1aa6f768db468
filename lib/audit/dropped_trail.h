// A trail whose tables are gone, or all of its trees: nothing is left in the database that could
// tell, so what was kept elsewhere does.
#pragma once

#include <string>
#include <vector>

#include "audit/attack.h"
#include "audit/note_key.h"
#include "db/database.h"

namespace pcx::audit {

// What is missing ("pcx.ledger"), the empty vector for a trail that is whole.
std::vector<std::string> find_dropped(db::Database& database);

// One finding a kept checkpoint, and what is missing: critical where one that a known key has
// signed is of this very server and database, otherwise unknown. Throws unknown_signers() when
// nobody who is known has signed any of them.
std::vector<TrailFinding> judge_dropped(db::Database& database,
                                        const std::vector<VerifierKey>& keys,
                                        const std::vector<std::string>& kept);

}  // namespace pcx::audit
