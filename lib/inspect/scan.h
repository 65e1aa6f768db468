// One statement that looks through a table.
#pragma once

#include "db/database.h"

namespace pcx::inspect {

// In a transaction of its own, read only. REQUIRES: no transaction is open
db::Result scan(db::Database& database, const db::Query& query);

}  // namespace pcx::inspect
