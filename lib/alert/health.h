// Health of the database: numbers that PostgreSQL tells about itself, each by one statement in
// sql/health_*.sql.
//
// What they mean is check_postgres's (bucardo.org/check_postgres), with its known false alarms left
// out: walsenders and background processes are no idle transactions, an idle database is no stale
// archive, and neither is it late with checkpoints or replication.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/inputs.h"
#include "core/clock.h"
#include "db/database.h"

namespace pcx::alert {

inline constexpr std::string_view kHealthInput = "health";
// 1 when the database answered, 0 when it did not: the one health metric that is always there.
inline constexpr std::string_view kDatabaseUp = "pcx_health_database_up";

// For --help, documentation and the check of rules: what there is. All are gauges.
struct HealthMetric {
  std::string_view name;    // "pcx_health_backends_ratio"
  std::string_view help;    // a fragment
  std::string_view labels;  // "slot"; empty: none
};
const std::vector<HealthMetric>& health_metrics();

struct HealthScope {
  // Whether somebody asks for that metric.
  std::function<bool(std::string_view metric)> wants = [](std::string_view) { return true; };
  // Asked before each check; once there is none, the rest fails.
  std::function<bool()> has_time = [] { return true; };
};

// Makes them all known, and adds what the server tells of those that are wanted; checks without any
// are not made, and fail. Each check is an input of its own
// ("health:bloat"): one that the role may not make, that takes longer than 5 s or waits for a lock
// for longer than 1 s fails, and no other. pg_monitor is enough for all but two: values of
// sequences and statistics of tables want SELECT (pg_read_all_data).
//
// Throws what ends all of them: Error{unreachable} when the connection is lost (then call
// read_health_without_database()), Error{interrupted}, Error{terminated}; and what the first
// question to the server ends with.
void read_health(db::Database& database, const Clock& clock, InputSet& inputs,
                 const HealthScope& scope = {});
// Without a database: kDatabaseUp is 0, every other one is not read, because of `why`.
void read_health_without_database(const std::string& why, InputSet& inputs);

}  // namespace pcx::alert
