#include "alert/sql.h"

#include <gmock/gmock.h>

#include "tests/alert/store_fixture.h"
#include "tests/support/statements.h"

namespace pcx::alert {
namespace {

class AlertSql : public StoreFixture {};

TEST_F(AlertSql, IsUnderstoodByTheServer) {
  EXPECT_THAT(testing::find_broken_statements(database(), sql::kStatements), ::testing::IsEmpty());
}

}  // namespace
}  // namespace pcx::alert
