// A new database with schema pcx, and a session on it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/database.h"
#include "db/query.h"
#include "db/schema.h"
#include "tests/support/postgres.h"

namespace pcx::audit {

class AuditFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    name_ = testing::Postgres::shared().fresh_database();
    database_.emplace(open());
    db::upgrade_schema(*database_);
  }

  const std::string& name() const { return name_; }
  std::string url() const { return testing::Postgres::shared().url(name_); }
  db::Database open() const {
    return {db::parse_target(url()), {.application_name = "audit_tests"}};
  }
  db::Database& database() { return *database_; }

  // Statements as they are; the only row's only column as text, "" without a row or for NULL.
  std::string sql(std::string_view text) { return sql(*database_, text); }
  static std::string sql(db::Database& database, std::string_view text) {
    const db::Result rows = database.query(db::Statement{"test", text});
    if (rows.size() != 1) return {};
    return db::nullable<std::string>(rows[0][0]).value_or("");
  }

  SystemRandom random;

 private:
  std::string name_;
  std::optional<db::Database> database_;
};

}  // namespace pcx::audit
