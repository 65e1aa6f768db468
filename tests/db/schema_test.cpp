#include "db/schema.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "db/query.h"
#include "db/script.h"
#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Schema : public testing::DatabaseFixture {
 protected:
  void SetUp() override {
    database_.emplace(connect());
    run_script(*database_, R"(DO $$ BEGIN
        CREATE ROLE plain LOGIN; CREATE ROLE maker LOGIN CREATEROLE;
        EXCEPTION WHEN duplicate_object THEN NULL; END $$)",
               "");
  }
  Database& database() { return *database_; }
  void allow(const std::string& role) {
    Query grant{"test.grant"};
    database().query(
        grant.sql("GRANT CREATE ON DATABASE ").identifier(name()).sql(" TO ").identifier(role));
  }
  std::string owner_of_journal() {
    return database()
        .query({"test.owner", "SELECT tableowner::text FROM pg_tables WHERE tablename = 'journal'"})
        .one()[0]
        .as<std::string>();
  }

 private:
  std::optional<Database> database_;
};

TEST_F(Schema, IsMadeOnceAndThenLeftAlone) {
  EXPECT_EQ(read_schema_status(database()).state, SchemaState::absent);
  EXPECT_TRUE(read_schema_status(database()).may_create);
  EXPECT_EQ(upgrade_schema(database()).front(), "journal");
  const SchemaStatus status = read_schema_status(database());
  EXPECT_EQ(status.state, SchemaState::current);
  EXPECT_EQ(status.installed_step, status.newest_step);
  EXPECT_THAT(upgrade_schema(database()), IsEmpty());
}

TEST_F(Schema, IsMadeByOneOfTwoAtOnce) {
  name();
  std::vector<std::string> first;
  std::vector<std::string> second;
  const auto upgrade = [this](std::vector<std::string>& applied) {
    Database mine = connect();
    applied = upgrade_schema(mine);
  };
  std::thread rival{upgrade, std::ref(second)};
  upgrade(first);
  rival.join();
  EXPECT_EQ(first.size() + second.size(),
            static_cast<std::size_t>(read_schema_status(database()).newest_step));
  EXPECT_TRUE(first.empty() || second.empty());
}

TEST_F(Schema, IsContinuedFromWhereItStopped) {
  run_script(database(), "CREATE SCHEMA pcx", "");
  EXPECT_EQ(read_schema_status(database()).state, SchemaState::outdated);
  EXPECT_EQ(upgrade_schema(database()).front(), "journal");
}

TEST_F(Schema, IsRefusedWhenNewer) {
  upgrade_schema(database());
  run_script(database(), "INSERT INTO pcx.schema_step VALUES (999, 'x', now(), '9')", "");
  EXPECT_EQ(read_schema_status(database()).state, SchemaState::newer);
  const Error error = error_of([&] { upgrade_schema(database()); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_THAT(error.what(), HasSubstr("schema pcx is at step 999"));
}

TEST_F(Schema, BelongsToARoleThatCannotLogIn) {
  upgrade_schema(database());
  EXPECT_EQ(owner_of_journal(), "pcx_owner");
  EXPECT_FALSE(database()
                   .query({"test.role",
                           "SELECT rolcanlogin FROM pg_roles WHERE rolname = "
                           "'pcx_owner'"})
                   .one()[0]
                   .as<bool>());
}

TEST_F(Schema, CanBeMadeByARoleThatMakesRoles) {
  allow("maker");
  Database maker = connect_as("maker");
  upgrade_schema(maker);
  EXPECT_EQ(owner_of_journal(), "pcx_owner");
  EXPECT_EQ(read_schema_status(maker).state, SchemaState::current);
}

TEST_F(Schema, BelongsToItsMakerWhereNoRoleMayBeMade) {
  allow("plain");
  Database plain = connect_as("plain");
  upgrade_schema(plain);
  EXPECT_EQ(owner_of_journal(), "plain");
  EXPECT_EQ(read_schema_status(plain).state, SchemaState::current);
}

TEST_F(Schema, NamesTheGrantsThatAreMissing) {
  Database plain = connect_as("plain");
  EXPECT_FALSE(read_schema_status(plain).may_create);
  const Error error = error_of([&] { upgrade_schema(plain); });
  EXPECT_EQ(error.code(), ErrorCode::permission);
  EXPECT_THAT(error.hint(), HasSubstr("GRANT pcx_owner TO \"plain\";"));

  upgrade_schema(database());
  EXPECT_EQ(read_schema_status(plain).state, SchemaState::not_readable);
  EXPECT_EQ(error_of([&] { upgrade_schema(plain); }).code(), ErrorCode::permission);
}

TEST_F(Schema, NeedsNothingButItsGrants) {
  run_script(database(), "DROP ROLE IF EXISTS granted; CREATE ROLE granted LOGIN", "");
  for (const std::string& grant : grants_for("granted")) {
    if (grant.starts_with("CREATE ROLE")) continue;  // other tests made it
    run_script(database(), grant, "");
  }
  Database granted = connect_as("granted");
  upgrade_schema(granted);
  EXPECT_EQ(read_schema_status(granted).state, SchemaState::current);
  EXPECT_EQ(owner_of_journal(), "pcx_owner");
}

// NOINHERIT: the rights are its own only after SET ROLE.
TEST_F(Schema, IsUpgradedByAMemberThatDoesNotInherit) {
  run_script(database(), R"(DO $$ BEGIN CREATE ROLE aloof LOGIN NOINHERIT;
        EXCEPTION WHEN duplicate_object THEN NULL; END $$)",
             "");
  upgrade_schema(database());
  run_script(database(), "GRANT pcx_owner TO aloof", "");
  Database aloof = connect_as("aloof");
  EXPECT_EQ(read_schema_status(aloof).state, SchemaState::not_readable);
  EXPECT_THAT(upgrade_schema(aloof), IsEmpty());

  run_script(database(), "DROP SCHEMA pcx CASCADE; CREATE SCHEMA pcx AUTHORIZATION pcx_owner", "");
  EXPECT_EQ(upgrade_schema(aloof).front(), "journal");
  EXPECT_EQ(owner_of_journal(), "pcx_owner");
  EXPECT_FALSE(read_schema_status(aloof).journal_writable);
  EXPECT_EQ(upgrade_schema(database()).size(), 0u);
}

TEST_F(Schema, IsRefusedWhenNewerAlsoByAMemberThatCouldNotSeeIt) {
  upgrade_schema(database());
  run_script(database(), R"(DO $$ BEGIN CREATE ROLE aloof LOGIN NOINHERIT;
        EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT pcx_owner TO aloof;
        INSERT INTO pcx.schema_step VALUES (999, 'x', now(), '9'))",
             "");
  Database aloof = connect_as("aloof");
  EXPECT_EQ(error_of([&] { upgrade_schema(aloof); }).code(), ErrorCode::config);
}

TEST_F(Schema, JudgesTheJournalByTheRightThatIsNeeded) {
  upgrade_schema(database());
  run_script(database(), R"(GRANT USAGE ON SCHEMA pcx TO plain;
      GRANT SELECT ON pcx.schema_step TO plain;)",
             "");
  Database plain = connect_as("plain");
  EXPECT_EQ(read_schema_status(plain).state, SchemaState::current);
  EXPECT_FALSE(read_schema_status(plain).journal_writable);
  EXPECT_FALSE(read_schema_status(plain).journal_readable);

  run_script(database(), R"(REVOKE SELECT ON pcx.schema_step FROM plain;
      GRANT INSERT ON pcx.journal TO plain;)",
             "");
  const SchemaStatus status = read_schema_status(plain);
  EXPECT_EQ(status.state, SchemaState::not_readable);
  EXPECT_TRUE(status.journal_writable);
  EXPECT_FALSE(status.journal_readable);
  run_script(database(), "GRANT SELECT ON pcx.journal TO plain", "");
  EXPECT_TRUE(read_schema_status(plain).journal_readable);
}

TEST_F(Schema, ExplainsEveryColumn) {
  upgrade_schema(database());
  const auto bare = database().query(
      {"test.comments",
       "SELECT c.relname || '.' || a.attname AS name FROM pg_class AS c "
       "JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
       "WHERE c.relnamespace = 'pcx'::regnamespace AND c.relkind IN ('r', 'p') "
       "AND NOT c.relispartition "
       "AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)"});
  for (const Row row : bare) ADD_FAILURE() << row["name"].as<std::string>() << " has no comment";
}

}  // namespace
}  // namespace pcx::db
