#include "db/role_rights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RoleRightsTest : public testing::DatabaseFixture {
 protected:
  std::vector<std::string> grants_for(const RoleRights& rights) {
    std::vector<std::string> grants;
    for (const auto& missing : missing_rights(rights)) grants.push_back(missing.grant);
    return grants;
  }
};

TEST_F(RoleRightsTest, AreAllASuperusers) {
  Database database = connect();
  const auto rights = read_role_rights(database);
  EXPECT_EQ(rights.role, "postgres");
  EXPECT_EQ(rights.may_create_tables, true);
  EXPECT_FALSE(rights.owner_of_pcx.has_value());
  EXPECT_THAT(missing_rights(rights), IsEmpty());
}

TEST_F(RoleRightsTest, AreCompleteWithTheGrantsThatAreMissing) {
  Database admin = connect();
  const auto run = [&](const std::string& sql) { admin.query({"test.run", sql}); };
  run("DROP ROLE IF EXISTS \"a clerk\"");
  run("CREATE ROLE \"a clerk\" LOGIN");
  run("DROP ROLE IF EXISTS keeper");
  run("CREATE ROLE keeper");
  run("CREATE SCHEMA pcx AUTHORIZATION keeper");
  Database clerk = connect_as("a%20clerk");
  const auto before = grants_for(read_role_rights(clerk));
  EXPECT_THAT(before, ElementsAre("GRANT CREATE ON SCHEMA \"public\" TO \"a clerk\";",
                                  "GRANT \"keeper\" TO \"a clerk\";"));
  for (const std::string& grant : before) run(grant);
  EXPECT_THAT(missing_rights(read_role_rights(clerk)), IsEmpty());
}

TEST_F(RoleRightsTest, AreEnoughToWriteTheJournal) {
  const RoleRights writer{.role = "r",
                          .schema = "s",
                          .may_create_tables = true,
                          .owner_of_pcx = "o",
                          .may_write_journal = true};
  EXPECT_THAT(missing_rights(writer), IsEmpty());
  RoleRights stranger = writer;
  stranger.may_write_journal = false;
  EXPECT_THAT(grants_for(stranger), ElementsAre("GRANT \"o\" TO \"r\";"));
}

TEST_F(RoleRightsTest, NeedTheDatabaseWhereASchemaIsToBeMade) {
  const auto grants =
      grants_for({.role = "r", .database = "d", .schema = "vet", .may_create_schemas = false});
  EXPECT_THAT(grants, ElementsAre("GRANT CREATE ON DATABASE \"d\" TO \"r\";"));
}

}  // namespace
}  // namespace pcx::db
