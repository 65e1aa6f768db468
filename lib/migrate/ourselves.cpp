#include "migrate/ourselves.h"

#include "db/lock_limit.h"
#include "db/script.h"

namespace pcx::migrate {

std::vector<db::Query> as_ourselves(std::optional<std::chrono::milliseconds> lock_timeout,
                                    const std::vector<std::int64_t>& held) {
  std::vector<db::Query> queries = {db::take_back_session(held)};
  if (lock_timeout) queries.push_back(db::limit_lock_wait(*lock_timeout));
  return queries;
}

}  // namespace pcx::migrate
