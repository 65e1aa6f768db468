// Who is in the way: sessions that hold a lock which conflicts with one that is wanted.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "db/database.h"
#include "migrate/forecast.h"

namespace pcx::migrate {

struct Holder {
  std::int64_t relation = 0;  // oid
  std::string schema;         // and name of the relation
  std::string name;
  LockMode mode = LockMode::none;
  int pid = 0;
  std::string user;
  std::string application;
  std::string state;  // pg_stat_activity's: "active", "idle in transaction"; "": not to be seen
  std::chrono::seconds in_transaction{};
  std::chrono::seconds since_query{};  // since its query began
};

// "process 812 ("report job", role app, idle in transaction for 40m) holds ACCESS SHARE on
// public.visits". For people: control characters are escaped.
std::string describe(const Holder& holder);

// Surely: by the table's lock. Maybe: by locks of rows, which the server shows to nobody.
enum class InTheWay { surely, maybe };

// Each relation and session once, with the strongest lock; the oldest transaction first.
std::vector<Holder> find_holders(db::Database& database, const std::vector<Touch>& wanted,
                                 InTheWay kind = InTheWay::surely);

}  // namespace pcx::migrate
