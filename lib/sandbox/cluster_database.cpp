#include "sandbox/cluster_database.h"

#include <chrono>

#include "core/text.h"
#include "db/database.h"
#include "sandbox/sql.h"

namespace pcx::sandbox {

namespace {

constexpr const char* kMaintenanceDatabase = "postgres";

db::Database connect(const State& state, std::string_view database) {
  db::ConnectOptions options;
  options.application_name = "pcx sandbox";
  return db::Database{target_of(state, database), options};
}

}  // namespace

void ensure_database(const State& state) {
  db::Database database = connect(state, kMaintenanceDatabase);
  if (!database.query(sql::has_database, {kDatabaseName}).empty()) return;
  database.query(sql::create_database);
}

void drop_database(const State& state) {
  db::Database database = connect(state, kMaintenanceDatabase);
  database.query(sql::drop_database);
}

DatabaseFacts read_facts(const State& state) {
  db::Database database = connect(state, kDatabaseName);
  const db::Result result = database.query(sql::read_facts);
  const db::Row row = result.one();
  DatabaseFacts facts;
  // "15.20 (Debian 15.20-0+deb12u1)"
  facts.server_version = split(row["server_version"].as<std::string>(), ' ').front();
  facts.database_bytes = row["database_bytes"].as<std::int64_t>();
  facts.tables = row["tables"].as<std::int64_t>();
  facts.rows_estimated = row["rows_estimated"].as<std::int64_t>();
  if (row["has_migrations"].as<bool>()) {
    const db::Result ledger = database.query(sql::count_migrations);
    facts.migrations = ledger.one()["migrations"].as<std::int64_t>();
  }
  return facts;
}

}  // namespace pcx::sandbox
