#include "migrate/ourselves.h"

#include "db/lock_limit.h"

namespace pcx::migrate {

std::vector<db::Query> as_ourselves(std::chrono::milliseconds lock_timeout) {
  return {db::Query{"migrate.reset_user"}.sql("RESET SESSION AUTHORIZATION"),
          db::Query{"migrate.reset_role"}.sql("RESET ROLE"), db::forget_lock_limit(),
          db::limit_lock_wait(lock_timeout)};
}

}  // namespace pcx::migrate
