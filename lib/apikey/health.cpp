#include "apikey/health.h"

#include "apikey/adopt.h"
#include "apikey/sql.h"
#include "core/time.h"

namespace pcx::apikey {

namespace {

void read_ours(db::Transaction& tx, Time now, std::chrono::hours ahead, Health& health) {
  const db::Result rows =
      tx.query(sql::read_health, {to_rfc3339_us(now), to_rfc3339_us(now + ahead)});
  const db::Row row = rows.one();
  health.keys = row["keys"].as<std::int64_t>();
  health.expiring = row["expiring"].as<std::int64_t>();
  health.placeholders = row["placeholders"].as<std::int64_t>();
  health.rowless = row["rowless"].as<std::int64_t>();
  health.unmarked = row["unmarked"].as<std::int64_t>();
  health.unmarked_first = row["unmarked_first"].as<std::vector<std::string>>();
  health.unopenable = row["unopenable"].as<std::int64_t>();
}

}  // namespace

std::optional<Health> read_health(db::Database& database, Time now, std::chrono::hours ahead) {
  Health health;
  {
    db::Transaction tx = database.begin(db::Access::read_only);
    const db::Result theirs = tx.query(sql::application_table_exists);
    if (!theirs.one()["exists"].as<bool>()) return std::nullopt;
    health.unplaced = count_unplaced_rows(tx);
    const db::Result ours = tx.query(sql::apikeys_exist);
    if (ours.one()["exists"].as<bool>()) read_ours(tx, now, ahead, health);
  }
  if (health.keys > 0) health.fence = read_plain_fence(database);
  return health;
}

}  // namespace pcx::apikey
