// A new database with schema pcx, with or without the application's tables, and a session on it.
#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/file.h"
#include "core/random.h"
#include "db/database.h"
#include "db/query.h"
#include "db/schema.h"
#include "db/script.h"
#include "tests/support/paths.h"
#include "tests/support/postgres.h"

namespace pcx::kpi {

class KpiFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    name_ = testing::Postgres::shared().fresh_database();
    database_.emplace(open());
    db::upgrade_schema(*database_);
  }

  const std::string& name() const { return name_; }
  std::string url() const { return testing::Postgres::shared().url(name_); }
  db::Database open() const { return {db::parse_target(url()), {.application_name = "kpi_tests"}}; }
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

// All of the application's tables, empty, in schema public: as its migrations make them.
class ApplicationFixture : public KpiFixture {
 protected:
  void SetUp() override {
    KpiFixture::SetUp();
    db::Transaction tx = database().begin_for_script("public");
    for (const std::filesystem::path& file : migrations()) {
      db::run_script(tx, read_file(file), file.native());
    }
    tx.commit();
  }

 private:
  static std::vector<std::filesystem::path> migrations() {
    const auto folder = testing::source_folder() / "lib/sandbox/migrations";
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
      if (entry.is_directory()) files.push_back(entry.path() / "migration.sql");
    }
    std::ranges::sort(files);
    return files;
  }
};

}  // namespace pcx::kpi
