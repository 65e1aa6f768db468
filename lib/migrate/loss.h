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
  // Rows of a table, non-null values of a column; none: it cannot be counted (a whole schema,
  // DELETE, this role does not see every row, or partitions change before).
  std::optional<std::int64_t> count;
  bool is_certain = true;  // false: it cannot be seen in the script, or the name changes before
};

// In the order in which the plan runs; what a script may lose unseen comes last, in one entry a
// migration. Objects that do not exist are left out; one that will get its name during the plan is
// a doubt. Counts are exact.
std::vector<Loss> count_losses(db::Database& database, const ReadyDown& ready);

// "table invoices: 1200 rows".
std::string to_string(const Loss& loss);

}  // namespace pcx::migrate
