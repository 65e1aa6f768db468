// What the session's role may do, as far as pcx needs it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/database.h"

namespace pcx::db {

struct RoleRights {
  std::string role;
  std::string database;
  std::string schema;                       // of migrations: the URL's
  bool may_create_schemas = false;          // in the database
  std::optional<bool> may_create_tables;    // in `schema`; std::nullopt: there is no such schema
  std::optional<std::string> owner_of_pcx;  // std::nullopt: there is no schema pcx
  bool is_owner_of_pcx = false;             // a member of that role, or a superuser
  bool may_write_journal = false;           // pcx.journal: enough as long as nothing is to be made
};

RoleRights read_role_rights(Database& database);

// What keeps the role from migrating, and the statement that a superuser would run against it.
// Empty when nothing does.
struct MissingRight {
  std::string what;   // "may not create tables in schema public"
  std::string grant;  // "GRANT CREATE ON SCHEMA public TO app;"
};
std::vector<MissingRight> missing_rights(const RoleRights& rights);

}  // namespace pcx::db
