// The locks of a script's tables, taken before its first statement and always in the same order: a
// lock that is not to be had then costs a moment, not the work that was done until it was missed.
#pragma once

#include <vector>

#include "db/query.h"
#include "migrate/migration.h"
#include "migrate/outlook.h"

namespace pcx::migrate {

// One LOCK TABLE a table (views, indexes and the server's own catalogs are left out), by oid, each
// in the strongest mode that the script will need. None when its first statement takes all of them
// anyway. Pure.
std::vector<db::Query> lock_first(const ScriptOutlook& script);

// Whether a statement of it makes the server wait for locks without a limit: SET lock_timeout = 0,
// as pg_dump writes it, or the default again. A function or a DO block may do so unseen.
bool lifts_lock_timeout(const Script& script);

}  // namespace pcx::migrate
