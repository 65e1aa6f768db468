// A database with schema pcx, stores on it, and a folder for those of files.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "alert/store.h"
#include "db/database.h"
#include "db/schema.h"
#include "tests/alert/memory_sample.h"
#include "tests/support/fake_clock.h"
#include "tests/support/postgres.h"
#include "tests/support/temporary_folder.h"

namespace pcx::alert {

class StoreFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    name_ = testing::Postgres::shared().fresh_database();
    database_.emplace(open());
    db::upgrade_schema(*database_);
  }

  db::Database open() const {
    const std::string url = testing::Postgres::shared().url(name_);
    return {db::parse_target(url), {.application_name = "alert_tests"}};
  }
  db::Database& database() { return *database_; }
  DatabaseStore store(const std::string& environment = "production") {
    return {database(), environment, clock, retention};
  }
  std::filesystem::path folder() const { return folder_.path() / "state"; }
  std::unique_ptr<FileStore> files() const {
    return std::make_unique<FileStore>(folder(), clock, "owner", retention);
  }

  // Statements as they are; the only row's only column as text, "" without a row or for NULL.
  std::string sql(std::string_view text) {
    const db::Result rows = database().query(db::Statement{"test", text});
    if (rows.size() != 1) return {};
    return db::nullable<std::string>(rows[0][0]).value_or("");
  }

  testing::FakeClock clock;
  Retention retention;

 private:
  std::string name_;
  std::optional<db::Database> database_;
  testing::TemporaryFolder folder_;
};

}  // namespace pcx::alert
