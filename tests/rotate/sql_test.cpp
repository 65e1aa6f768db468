// Every statement of lib/rotate, prepared against the schema that pcx makes.
#include "rotate/sql.h"

#include <gmock/gmock.h>

#include "db/schema.h"
#include "tests/db/fixture.h"
#include "tests/support/statements.h"

namespace pcx::rotate {
namespace {

class RotateSql : public pcx::testing::DatabaseFixture {};

TEST_F(RotateSql, EveryStatementPrepares) {
  db::Database database = connect();
  db::upgrade_schema(database);
  EXPECT_THAT(pcx::testing::find_broken_statements(database, sql::kStatements),
              ::testing::IsEmpty());
}

// When it began is not for a plain role to see; that it is there is.
TEST_F(RotateSql, OldTransactionsOfOtherRolesAreSeenByAPlainRole) {
  db::Database admin = connect();
  admin.query(db::Statement{"test.role", "CREATE ROLE plain_rotator LOGIN"});
  db::Database plain = connect_as("plain_rotator");
  EXPECT_TRUE(plain.query(sql::old_transactions, {1}).empty());
  db::Transaction tx = admin.begin();
  tx.query(db::Statement{"test.look", "SELECT 1"});
  const db::Result old = plain.query(sql::old_transactions, {1});
  const std::vector<std::string> numbers{old.one()["number"].as<std::string>()};
  const auto is_open = [&] {
    return plain.query(sql::has_transaction, {numbers}).one()["found"].as<bool>();
  };
  EXPECT_TRUE(is_open());
  tx.rollback();
  EXPECT_FALSE(is_open());
}

}  // namespace
}  // namespace pcx::rotate
