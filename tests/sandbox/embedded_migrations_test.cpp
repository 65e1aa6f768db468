#include "sandbox/embedded_migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/sandbox/schema_facts.h"
#include "tests/support/errors.h"
#include "tests/support/postgres.h"
#include "tests/support/temporary_folder.h"

namespace pcx::sandbox {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_only_in;
using ::testing::Not;
using testing::schema_lines;
using ::testing::SizeIs;

class Migrations : public ::testing::Test {
 protected:
  Migrations() : database_{db::parse_target(url()), {}} {}
  db::Database& database() { return database_; }

 private:
  static std::string url() {
    return testing::Postgres::shared().url(testing::Postgres::shared().fresh_database());
  }
  db::Database database_;
};

TEST_F(Migrations, MakeTheSchemaOfTheApplication) {
  testing::apply_migrations(database());
  const auto facts = testing::schema_facts();
  const auto schema = schema_lines(database());
  EXPECT_THAT(lines_only_in(facts, schema), IsEmpty());
  EXPECT_THAT(lines_only_in(schema, facts), IsEmpty());
  EXPECT_THAT(facts, SizeIs(1115 + 72 + 269 + 84 + 1));
}

TEST_F(Migrations, ComeUpDownAndUpAgainOneByOne) {
  for (const EmbeddedMigration& migration : embedded_migrations()) {
    SCOPED_TRACE(migration.name);
    const auto before = schema_lines(database());
    testing::run(database(), migration.migration_sql, migration.name);
    const auto after = schema_lines(database());
    EXPECT_NE(before, after);
    testing::run(database(), migration.down_sql, migration.name);
    EXPECT_EQ(before, schema_lines(database()));
    testing::run(database(), migration.migration_sql, migration.name);
    EXPECT_EQ(after, schema_lines(database()));
  }
}

TEST_F(Migrations, LeaveNothingWhenAllAreTakenBack) {
  testing::apply_migrations(database());
  auto migrations = embedded_migrations();
  std::reverse(migrations.begin(), migrations.end());
  for (const auto& migration : migrations) {
    testing::run(database(), migration.down_sql, migration.name);
  }
  EXPECT_THAT(schema_lines(database()), IsEmpty());
}

TEST_F(Migrations, InsertTheFirstTenantOnly) {
  testing::apply_migrations(database());
  const auto tenants = database().query({"test.tenants", "SELECT id, slug FROM public.tenants"});
  EXPECT_EQ(tenants.one()["id"].as<std::string>(), "00000000-0000-0000-0000-000000000001");
  EXPECT_EQ(tenants.one()["slug"].as<std::string>(), "default");
}

// A semicolon ends a statement and stands nowhere else: adapters that split at every one keep
// working.
TEST(EmbeddedMigrations, HaveNoSemicolonInsideALine) {
  for (const EmbeddedMigration& migration : embedded_migrations()) {
    for (const std::string_view sql : {migration.migration_sql, migration.down_sql}) {
      for (const std::string& line : split(sql, '\n')) {
        const auto semicolon = line.find(';');
        if (semicolon == std::string::npos) continue;
        EXPECT_EQ(semicolon, line.size() - 1) << line;
        EXPECT_NE(line.substr(0, 2), "--") << line;
      }
    }
  }
}

TEST(EmbeddedMigrations, AreSortedAndReversible) {
  const auto migrations = embedded_migrations();
  ASSERT_THAT(migrations, SizeIs(10));
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    EXPECT_THAT(migrations[i].migration_sql, Not(IsEmpty())) << migrations[i].name;
    EXPECT_THAT(migrations[i].down_sql, Not(IsEmpty())) << migrations[i].name;
    if (i == 0) continue;
    EXPECT_LT(migrations[i - 1].name, migrations[i].name);
  }
}

TEST(WriteMigrations, GivesTheFilesBack) {
  const testing::TemporaryFolder folder;
  const auto target = folder.path() / "prisma" / "migrations";
  EXPECT_EQ(write_migrations(target), 21);
  EXPECT_THAT(read_file(target / "migration_lock.toml"), HasSubstr("provider = \"postgresql\""));
  for (const EmbeddedMigration& migration : embedded_migrations()) {
    EXPECT_EQ(read_file(target / migration.name / "migration.sql"), migration.migration_sql);
    EXPECT_EQ(read_file(target / migration.name / "down.sql"), migration.down_sql);
  }
}

TEST(WriteMigrations, RefusesAFolderThatIsNotEmpty) {
  const testing::TemporaryFolder folder;
  folder.write("mine.txt", "mine");
  const Error error = error_of([&] { write_migrations(folder.path()); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "not_empty");
  EXPECT_THAT(error.what(), HasSubstr("is not empty"));
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder.path()}) {
    names.push_back(entry.path().filename());
  }
  EXPECT_THAT(names, ElementsAre("mine.txt"));
}

TEST(WriteMigrations, SaysWhichFolderCannotBeMade) {
  const testing::TemporaryFolder folder;
  folder.write("file", "no folder");
  const Error error = error_of([&] { write_migrations(folder.path() / "file" / "below"); });
  EXPECT_EQ(error.code(), ErrorCode::cannot_create);
}

}  // namespace
}  // namespace pcx::sandbox
