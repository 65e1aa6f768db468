#include "tests/support/statements.h"

#include "core/error.h"
#include "db/script.h"

namespace pcx::testing {

std::vector<std::string> find_broken_statements(db::Database& database,
                                                std::span<const db::Statement* const> statements) {
  std::vector<std::string> broken;
  for (const db::Statement* statement : statements) {
    try {
      db::run_script(database, "PREPARE pcx_check AS " + std::string{statement->sql}, "");
      db::run_script(database, "DEALLOCATE pcx_check", "");
    } catch (const Error& error) {
      broken.push_back(std::string{statement->name} + ": " + error.what());
    }
  }
  return broken;
}

}  // namespace pcx::testing
