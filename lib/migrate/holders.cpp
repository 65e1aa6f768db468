#include "migrate/holders.h"

#include <algorithm>
#include <map>

#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

Holder holder_of(const db::Row& row) {
  return {.relation = row["oid"].as<std::int64_t>(),
          .mode = lock_mode_of(row["mode"].as<std::string>()),
          .pid = row["pid"].as<int>(),
          .user = row["user_name"].as<std::string>(),
          .application = row["application"].as<std::string>(),
          .state = row["state"].as<std::string>(),
          .in_transaction = std::chrono::seconds{row["transaction_s"].as<std::int64_t>()},
          .since_query = std::chrono::seconds{row["query_s"].as<std::int64_t>()}};
}

void add(std::vector<Holder>& holders, Holder holder) {
  const auto same = std::find_if(holders.begin(), holders.end(), [&](const Holder& one) {
    return one.relation == holder.relation && one.pid == holder.pid;
  });
  if (same == holders.end()) {
    holders.push_back(std::move(holder));
  } else {
    same->mode = std::max(same->mode, holder.mode);
  }
}

}  // namespace

std::vector<Holder> find_holders(db::Database& database, const std::vector<Touch>& wanted) {
  std::map<std::int64_t, LockMode> modes;
  std::vector<std::string> oids;
  for (const Touch& touch : wanted) {
    modes[touch.oid] = std::max(modes[touch.oid], touch.mode);
    oids.push_back(std::to_string(touch.oid));
  }
  std::vector<Holder> holders;
  if (oids.empty()) return holders;
  const db::Result rows = database.query(sql::find_lock_holders, {oids});
  for (const auto& row : rows) {
    Holder holder = holder_of(row);
    if (row["granted"].as<bool>() && conflicts(modes[holder.relation], holder.mode)) {
      add(holders, std::move(holder));
    }
  }
  return holders;
}

}  // namespace pcx::migrate
