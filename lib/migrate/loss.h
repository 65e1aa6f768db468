// What data a down script will or may destroy, counted before it runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "migrate/ready.h"

namespace pcx::migrate {

struct Loss {
  std::string migration;
  // "table invoices", "column invoices.total", "schema reporting"; not certain: "more than is
  // listed, see down.sql: DO in line 3".
  std::string object;
  // Rows of a table, non-null values of a column; none: it cannot be counted (the object is not
  // there, a whole schema, or DELETE).
  std::optional<std::int64_t> count;
  bool is_certain = true;  // false: what the script does cannot be seen in it
};

// In the order in which the plan runs; what a script may lose unseen comes last, in one entry a
// migration. Objects that do not exist are left out. Counts are exact.
std::vector<Loss> count_losses(db::Database& database, const ReadyDown& ready);

// "table invoices: 1200 rows".
std::string to_string(const Loss& loss);

}  // namespace pcx::migrate
