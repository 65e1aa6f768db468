#include "apikey/sql.h"

#include <gmock/gmock.h>

#include "tests/apikey/fixture.h"
#include "tests/support/statements.h"

namespace pcx::apikey {
namespace {

class ApikeySql : public ApikeyFixture {};

TEST_F(ApikeySql, IsUnderstoodByTheServer) {
  EXPECT_THAT(pcx::testing::find_broken_statements(database(), sql::kStatements),
              ::testing::IsEmpty());
}

}  // namespace
}  // namespace pcx::apikey
