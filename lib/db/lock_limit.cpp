#include "db/lock_limit.h"

namespace pcx::db {

// current_setting() writes "0" or a whole number with a unit that interval reads as well.
Query limit_lock_wait(std::chrono::milliseconds timeout) {
  return std::move(Query{"limit_lock_wait"}
                       .sql("SELECT pg_catalog.set_config('lock_timeout', CASE WHEN "
                            "pg_catalog.current_setting('lock_timeout')::pg_catalog.interval "
                            "BETWEEN '1us' AND '")
                       .number(timeout.count())
                       .sql("ms' THEN pg_catalog.current_setting('lock_timeout') ELSE '")
                       .number(timeout.count())
                       .sql("ms' END, true)"));
}

Query forget_lock_limit() {
  return std::move(Query{"forget_lock_limit"}.sql("SET LOCAL lock_timeout TO DEFAULT"));
}

}  // namespace pcx::db
