#include "alert/health.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "alert/health_checks.h"
#include "alert/sql.h"
#include "core/error.h"

namespace pcx::alert {
namespace {

struct Rights {
  std::string role;
  bool reads_stats = false;
};

// All questions in one transaction, for its limits, until one fails: then the next begins another.
class Asker {
 public:
  explicit Asker(db::Database& database) : database_(database) {}

  db::Result ask(const db::Statement& statement) {
    if (!transaction_ || !transaction_->is_open()) begin();
    try {
      return transaction_->query(statement);
    } catch (...) {
      transaction_.reset();
      throw;
    }
  }
  void end() {
    if (transaction_) transaction_->commit();
    transaction_.reset();
  }

 private:
  void begin() {
    transaction_.reset();
    transaction_.emplace(database_.begin(db::Access::read_only));
    transaction_->query(sql::health_limits);
  }

  db::Database& database_;
  std::optional<db::Transaction> transaction_;
};

Rights read_rights(Asker& asker) {
  const db::Result result = asker.ask(sql::health_rights);
  const db::Row row = result.one();
  return {.role = row["role"].as<std::string>(), .reads_stats = row["reads_stats"].as<bool>()};
}

// What concerns one check. Everything else is the end of all.
bool is_of_one_check(const Error& error) {
  switch (error.code()) {
    case ErrorCode::busy:  // the limits of sql/health_limits.sql
    case ErrorCode::permission:
    case ErrorCode::data:
    case ErrorCode::not_found:
    case ErrorCode::io: return true;
    default: return false;
  }
}

template <typename Work>
void attempt(const std::string& input, InputSet& inputs, Work work) {
  try {
    work();
  } catch (const Error& error) {
    if (!is_of_one_check(error)) throw;
    inputs.fail(input, error.what());
  }
}

Labels labels_of(const HealthMetric& metric, const db::Row& row) {
  if (metric.labels.empty()) return {};
  const auto value = db::nullable<std::string>(row[metric.labels]);
  return value && !value->empty() ? Labels{{std::string{metric.labels}, *value}} : Labels{};
}

void add_row(const HealthCheck& check, const db::Row& row, InputSet& inputs) {
  for (const HealthMetric& metric : check.metrics) {
    const auto value = check.calculate != nullptr
                           ? check.calculate(row)
                           : db::nullable<double>(row[metric.name.substr(kHealthPrefix.size())]);
    if (value) inputs.add(std::string{metric.name}, labels_of(metric, row), *value);
  }
}

void require_readable(const db::Result& rows) {
  int count = 0;
  std::string first;
  for (const db::Row row : rows) {
    const auto name = db::nullable<std::string>(row["unreadable"]);
    if (name && ++count == 1) first = *name;
  }
  if (count == 0) return;
  const std::string others = count == 1 ? "" : fmt::format(" and {} others", count - 1);
  throw Error{ErrorCode::permission,
              fmt::format("this role may not read {}{} (GRANT pg_read_all_data, or SELECT on them)",
                          first, others)};
}

void read_check(Asker& asker, const HealthCheck& check, const Rights& rights, InputSet& inputs) {
  if (check.need == HealthNeed::stats && !rights.reads_stats) {
    throw Error{ErrorCode::permission,
                fmt::format("role {} does not see other sessions (GRANT pg_monitor)", rights.role)};
  }
  const db::Result rows = asker.ask(*check.statement);
  if (check.need == HealthNeed::values) require_readable(rows);
  for (const db::Row row : rows) add_row(check, row, inputs);
}

double seconds_of(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>{duration}.count();
}

// The server's clock was read at some time between question and answer: the middle is at most half
// of that away.
void read_clock(Asker& asker, const Clock& clock, InputSet& inputs) {
  const auto began = clock.steady_now();
  const db::Result result = asker.ask(sql::health_clock);
  const auto answered = clock.wall_now();
  const double taken = seconds_of(clock.steady_now() - began);
  const double here = seconds_of(answered.time_since_epoch()) - taken / 2;
  inputs.add(std::string{kClockDifference.name}, {},
             std::abs(result.one()["server_seconds"].as<double>() - here));
}

// In their order; several statements may be one input.
std::vector<std::pair<std::string, std::vector<const HealthCheck*>>> checks_by_input() {
  std::vector<std::pair<std::string, std::vector<const HealthCheck*>>> grouped;
  for (const HealthCheck& check : health_checks()) {
    if (grouped.empty() || grouped.back().first != check.input()) {
      grouped.emplace_back(check.input(), std::vector<const HealthCheck*>{});
    }
    grouped.back().second.push_back(&check);
  }
  return grouped;
}

void know_all(InputSet& inputs) {
  inputs.know(std::string{kDatabaseUp}, std::string{kHealthInput});
  inputs.know(std::string{kClockDifference.name}, std::string{kClockInput});
  for (const HealthCheck& check : health_checks()) {
    for (const HealthMetric& metric : check.metrics) {
      inputs.know(std::string{metric.name}, check.input());
    }
  }
}

}  // namespace

const std::vector<HealthMetric>& health_metrics() {
  static const std::vector<HealthMetric> all = [] {
    std::vector<HealthMetric> metrics{
        {kDatabaseUp, "1 when the database answered, 0 when it did not", ""}, kClockDifference};
    for (const HealthCheck& check : health_checks()) {
      metrics.insert(metrics.end(), check.metrics.begin(), check.metrics.end());
    }
    return metrics;
  }();
  return all;
}

void read_health(db::Database& database, const Clock& clock, InputSet& inputs,
                 const HealthScope& scope) {
  know_all(inputs);
  Asker asker{database};
  const Rights rights = read_rights(asker);
  const auto wants_one = [&](const HealthMetric& metric) { return scope.wants(metric.name); };
  const auto make = [&](const std::string& input, bool is_wanted, auto work) {
    if (!is_wanted) return inputs.fail(input, "nobody asked for it");
    if (!scope.has_time()) return inputs.fail(input, "there was no time left for it");
    attempt(input, inputs, work);
  };
  for (const auto& [input, checks] : checks_by_input()) {
    const bool is_wanted = std::ranges::any_of(checks, [&](const HealthCheck* check) {
      return std::ranges::any_of(check->metrics, wants_one);
    });
    make(input, is_wanted, [&, all = checks] {
      for (const HealthCheck* check : all) read_check(asker, *check, rights, inputs);
    });
  }
  make(std::string{kClockInput}, scope.wants(kClockDifference.name),
       [&] { read_clock(asker, clock, inputs); });
  asker.end();
  inputs.add(std::string{kDatabaseUp}, {}, 1);
}

void read_health_without_database(const std::string& why, InputSet& inputs) {
  know_all(inputs);
  inputs.add(std::string{kDatabaseUp}, {}, 0);
  inputs.fail(std::string{kClockInput}, why);
  for (const HealthCheck& check : health_checks()) inputs.fail(check.input(), why);
}

}  // namespace pcx::alert
