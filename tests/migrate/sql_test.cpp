#include "migrate/sql.h"

#include <gmock/gmock.h>

#include "db/schema.h"
#include "tests/support/postgres.h"
#include "tests/support/statements.h"

namespace pcx::migrate {
namespace {

using pcx::testing::Postgres;

TEST(MigrateSql, IsPreparedByARealServer) {
  db::Database database{
      db::parse_target(Postgres::shared().url(Postgres::shared().fresh_database())), {}};
  db::upgrade_schema(database);
  EXPECT_THAT(pcx::testing::find_broken_statements(database, sql::kStatements),
              ::testing::IsEmpty());
}

}  // namespace
}  // namespace pcx::migrate
