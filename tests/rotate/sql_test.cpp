#include "rotate/sql.h"

#include <gmock/gmock.h>

#include "db/schema.h"
#include "tests/db/fixture.h"
#include "tests/support/statements.h"

namespace pcx::rotate {
namespace {

class RotateSql : public pcx::testing::DatabaseFixture {};

TEST_F(RotateSql, IsUnderstoodByTheServer) {
  db::Database database = connect();
  db::upgrade_schema(database);
  EXPECT_THAT(pcx::testing::find_broken_statements(database, sql::kStatements),
              ::testing::IsEmpty());
}

}  // namespace
}  // namespace pcx::rotate
