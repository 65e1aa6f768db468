// Every embedded statement, prepared by a real server: a column or a table that is not there fails
// the build of the day, not the operator's run.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "db/database.h"

namespace pcx::testing {

// PREPAREs each of a module's kStatements (<module>/sql.h) in `database`. The failures, as
// "db.insert_deed: column ... does not exist".
std::vector<std::string> find_broken_statements(db::Database& database,
                                                std::span<const db::Statement* const> statements);

}  // namespace pcx::testing
