// A fixed SQL statement, embedded from lib/<module>/sql/<name>.sql at build.
#pragma once

#include <string_view>

namespace pcx::db {

struct Statement {
  std::string_view name;  // "db.insert_journal": in every error and log line about it
  std::string_view sql;   // one statement with $1, $2, ... as parameters
};

}  // namespace pcx::db
