#include "inspect/sql.h"

#include <gmock/gmock.h>

#include "db/schema.h"
#include "tests/db/fixture.h"
#include "tests/support/statements.h"

namespace pcx::inspect {
namespace {

class InspectSql : public pcx::testing::DatabaseFixture {};

TEST_F(InspectSql, IsUnderstoodByTheServer) {
  db::Database database = connect();
  db::upgrade_schema(database);
  EXPECT_THAT(pcx::testing::find_broken_statements(database, sql::kStatements),
              ::testing::IsEmpty());
}

}  // namespace
}  // namespace pcx::inspect
