// What is asked about the health of a database: statements, and which column is which metric.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alert/health.h"
#include "db/result.h"
#include "db/statement.h"

namespace pcx::alert {

// What a role needs for a check beyond what the server itself refuses.
enum class HealthNeed {
  nothing,
  stats,   // pg_read_all_stats: without, the statement would answer, and wrongly
  values,  // SELECT on what a column "unreadable" names
};

// Each row of the statement is one sample of each metric: columns have the names of metrics without
// "pcx_health_", labels those of the labels. NULL is no sample. `calculate` makes the value of the
// only metric from a row instead.
struct HealthCheck {
  std::string_view name;  // "backends": "health:backends" is an input
  const db::Statement* statement;
  HealthNeed need;
  std::vector<HealthMetric> metrics;
  double (*calculate)(const db::Row& row) = nullptr;

  std::string input() const { return std::string{kHealthInput} + ":" + std::string{name}; }
};

const std::vector<HealthCheck>& health_checks();

// The difference between two clocks: of a check without a row like the others.
inline constexpr std::string_view kClockInput = "health:clock";
inline constexpr HealthMetric kClockDifference{
    "pcx_health_clock_difference_seconds", "difference between the server's clock and this one's",
    ""};

inline constexpr std::string_view kHealthPrefix = "pcx_health_";

}  // namespace pcx::alert
