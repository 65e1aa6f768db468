// A server with something to be ill with, and its health as it is read.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "alert/health.h"
#include "core/error.h"
#include "db/query.h"
#include "tests/support/errors.h"
#include "tests/support/postgres.h"

namespace pcx::alert {

class HealthRig : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    start_server({"max_connections=20", "max_prepared_transactions=2", "archive_mode=on",
                  "archive_command=false"});
  }
  static void start_server(std::vector<std::string> settings) {
    server_ = std::make_unique<testing::Postgres>(
        testing::Postgres::Options{.settings = std::move(settings)});
  }
  static void TearDownTestSuite() { server_.reset(); }

  HealthRig() : name_(server_->fresh_database()), database_(open()) {}

  static testing::Postgres& server() { return *server_; }
  const std::string& name() const { return name_; }
  db::Database open(const std::string& user = "postgres") const {
    return {db::parse_target(server_->url(name_, user)), {.application_name = "health_test"}};
  }
  db::Database& database() { return database_; }

  static std::string sql(db::Database& database, std::string_view text) {
    const db::Result rows = database.query(db::Statement{"test", text});
    return rows.empty() ? "" : db::nullable<std::string>(rows[0][0]).value_or("");
  }
  std::string sql(std::string_view text) { return sql(database_, text); }

  static InputSet read(db::Database& database) {
    InputSet inputs;
    read_health(database, SystemClock{}, inputs);
    return inputs;
  }
  InputSet read() { return read(database_); }

  static Samples samples(const InputSet& inputs, const std::string& metric) {
    return inputs.select({.name = "pcx_health_" + metric}, Time{});
  }
  // The value of the only sample whose labels have that value; NaN where there is none.
  static double value(const InputSet& inputs, const std::string& metric,
                      const std::string& label_value = {}) {
    for (const Sample& each : samples(inputs, metric)) {
      if (label_value.empty() ? each.labels.empty() : each.labels.begin()->second == label_value) {
        return each.value;
      }
    }
    return std::numeric_limits<double>::quiet_NaN();
  }
  double value(const std::string& metric, const std::string& label_value = {}) {
    return value(read(), metric, label_value);
  }

  // Reads until it holds: what others do takes a while to be seen. False after half a minute.
  template <typename Condition>
  static bool eventually(Condition holds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (std::chrono::steady_clock::now() < until) {
      if (holds()) return true;
    }
    return false;
  }

 private:
  static inline std::unique_ptr<testing::Postgres> server_;
  std::string name_;
  db::Database database_;
};

}  // namespace pcx::alert
