#include "db/lock_limit.h"

#include <cstdint>

#include "db/session.h"
#include "db/sql.h"

namespace pcx::db {

std::chrono::milliseconds own_lock_limit(Database& database) {
  auto& known = database.session().own_lock_limit();
  if (!known) {
    const Result rows = database.query(sql::read_lock_timeout);
    known = std::chrono::milliseconds{rows.one()["timeout_ms"].as<std::int64_t>()};
  }
  return *known;
}

Query limit_lock_wait(std::chrono::milliseconds timeout) {
  return std::move(
      Query{"limit_lock_wait"}.sql("SET LOCAL lock_timeout = ").number(timeout.count()));
}

}  // namespace pcx::db
