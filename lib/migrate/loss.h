// What data a down script will destroy, counted before it runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "migrate/plan.h"

namespace pcx::migrate {

struct Loss {
  std::string migration;
  std::string object;  // "table invoices", "column invoices.total", "schema reporting"
  // Rows of a table, non-null values of a column; none: it cannot be counted (the object is not
  // there, a whole schema, or DELETE).
  std::optional<std::int64_t> count;
};

// In the order in which the plan runs. Objects that do not exist are left out. Counts are exact.
std::vector<Loss> count_losses(db::Database& database, const DownPlan& plan);

// "table invoices: 1200 rows".
std::string to_string(const Loss& loss);

}  // namespace pcx::migrate
