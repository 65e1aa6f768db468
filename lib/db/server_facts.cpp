#include "db/server_facts.h"

#include "db/sql.h"

namespace pcx::db {

ServerFacts read_server_facts(Database& database) {
  const Result result = database.query(sql::server_facts);
  const Row row = result.one();
  return {.version = row["server_version"].as<std::string>(),
          .role = row["role_name"].as<std::string>(),
          .in_recovery = row["in_recovery"].as<bool>(),
          .read_only = row["read_only"].as<bool>(),
          .clock = std::chrono::system_clock::time_point{
              std::chrono::milliseconds{row["clock_ms"].as<std::int64_t>()}}};
}

}  // namespace pcx::db
