#include "sandbox/cluster_database.h"

#include <chrono>

#include "core/error.h"
#include "core/text.h"
#include "db/database.h"
#include "sandbox/sql.h"

namespace pcx::sandbox {

namespace {

constexpr const char* kMaintenanceDatabase = "postgres";

db::Database connect(const State& state, std::string_view database, Interrupt* interrupt) {
  db::ConnectOptions options;
  options.application_name = "pcx sandbox";
  return db::Database{target_of(state, database), options, interrupt};
}

bool has_database(db::Database& database) {
  return !database.query(sql::has_database, {kDatabaseName}).empty();
}

}  // namespace

void ensure_database(const State& state, Interrupt* interrupt) {
  db::Database database = connect(state, kMaintenanceDatabase, interrupt);
  if (has_database(database)) return;
  try {
    database.query(sql::create_database);
  } catch (const Error&) {
    // The server may just have finished it for a pcx that was killed.
    if (!has_database(database)) throw;
  }
}

void drop_database(const State& state, Interrupt* interrupt) {
  db::Database database = connect(state, kMaintenanceDatabase, interrupt);
  database.query(sql::drop_database);
}

DatabaseFacts read_facts(const State& state, Interrupt* interrupt) {
  db::Database database = connect(state, kDatabaseName, interrupt);
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

bool is_session_of(db::Database& database, const State& state) {
  const db::Result result = database.query(sql::read_data_folder);
  return !result.empty() &&
         result.one()["data_folder"].as<std::string_view>() == state.data_folder.native();
}

}  // namespace pcx::sandbox
