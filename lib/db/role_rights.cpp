#include "db/role_rights.h"

#include <fmt/format.h>

#include "db/identifier.h"
#include "db/sql.h"

namespace pcx::db {

RoleRights read_role_rights(Database& database) {
  const Result result = database.query(sql::role_rights, {database.schema()});
  const Row row = result.one();
  return {.role = row["role_name"].as<std::string>(),
          .database = row["database_name"].as<std::string>(),
          .schema = database.schema(),
          .may_create_schemas = row["may_create_schemas"].as<bool>(),
          .may_create_tables = nullable<bool>(row["may_create_tables"]),
          .owner_of_pcx = nullable<std::string>(row["owner_of_pcx"]),
          .is_owner_of_pcx = nullable<bool>(row["is_owner_of_pcx"]).value_or(false),
          .may_write_journal = nullable<bool>(row["may_write_journal"]).value_or(false)};
}

std::vector<MissingRight> missing_rights(const RoleRights& rights) {
  std::vector<MissingRight> missing;
  const std::string role = quote_identifier(rights.role);
  const std::string schema = quote_identifier(rights.schema);
  if (rights.may_create_tables == false) {
    missing.push_back({fmt::format("may not create tables in schema {}", rights.schema),
                       fmt::format("GRANT CREATE ON SCHEMA {} TO {};", schema, role)});
  }
  const bool needs_schema = !rights.may_create_tables || !rights.owner_of_pcx;
  if (needs_schema && !rights.may_create_schemas) {
    missing.push_back({"may not create schemas in the database",
                       fmt::format("GRANT CREATE ON DATABASE {} TO {};",
                                   quote_identifier(rights.database), role)});
  }
  if (rights.owner_of_pcx && !rights.is_owner_of_pcx && !rights.may_write_journal) {
    missing.push_back(
        {fmt::format("is no member of {}, the owner of schema pcx", *rights.owner_of_pcx),
         fmt::format("GRANT {} TO {};", quote_identifier(*rights.owner_of_pcx), role)});
  }
  return missing;
}

}  // namespace pcx::db
