#include "kpi/sql.h"

#include <gmock/gmock.h>

#include "tests/kpi/fixture.h"
#include "tests/support/statements.h"

namespace pcx::kpi {
namespace {

class KpiSql : public ApplicationFixture {};

TEST_F(KpiSql, IsUnderstoodByTheServer) {
  EXPECT_THAT(testing::find_broken_statements(database(), sql::kStatements), ::testing::IsEmpty());
}

}  // namespace
}  // namespace pcx::kpi
