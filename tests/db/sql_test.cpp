#include "db/sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/schema.h"
#include "tests/db/fixture.h"
#include "tests/support/statements.h"

namespace pcx::db {
namespace {

using ::testing::ElementsAre;
using testing::find_broken_statements;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Sql : public testing::DatabaseFixture {};

TEST_F(Sql, IsUnderstoodByTheServer) {
  Database database = connect();
  upgrade_schema(database);
  EXPECT_THAT(find_broken_statements(database, sql::kStatements), IsEmpty());
}

TEST_F(Sql, IsNotUnderstoodWhenItIsWrong) {
  Database database = connect();
  constexpr Statement typo{"test.typo", "SELECT nix FROM pcx.journal"};
  const Statement* all[] = {&typo};
  EXPECT_THAT(find_broken_statements(database, all), ElementsAre(StartsWith("test.typo: ")));
}

}  // namespace
}  // namespace pcx::db
