// Who else is migrating a database right now, told by the advisory locks of its sessions.
#pragma once

#include <string>
#include <vector>

#include "db/advisory_lock.h"
#include "db/database.h"

namespace pcx::migrate {

struct ToolAtWork {
  std::string tool;  // "Flyway", see known_keys.h
  db::LockHolder holder;
};

// Other sessions' locks in this database; what `database` holds itself is no news. One question.
std::vector<ToolAtWork> find_tools_at_work(db::Database& database);

}  // namespace pcx::migrate
