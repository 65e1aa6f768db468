// A fresh database of the shared test server for each test that asks.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "core/error.h"
#include "db/database.h"
#include "tests/support/errors.h"
#include "tests/support/postgres.h"

namespace pcx::testing {

class DatabaseFixture : public ::testing::Test {
 protected:
  const std::string& name() {
    if (name_.empty()) name_ = Postgres::shared().fresh_database();
    return name_;
  }
  std::string url(const std::string& user = "postgres") {
    return Postgres::shared().url(name(), user);
  }
  db::Database connect(const db::ConnectOptions& options = {}, Interrupt* interrupt = nullptr) {
    return db::Database{db::parse_target(url()), options, interrupt};
  }
  db::Database connect_as(const std::string& user) {
    return db::Database{db::parse_target(url(user)), {}};
  }

 private:
  std::string name_;
};

}  // namespace pcx::testing
