#include "audit/sql.h"

#include <gmock/gmock.h>

#include "tests/audit/application_tables.h"
#include "tests/audit/fixture.h"
#include "tests/support/statements.h"

namespace pcx::audit {
namespace {

class AuditSql : public AuditFixture {};

TEST_F(AuditSql, IsUnderstoodByTheServer) {
  for (const char* table : kApplicationTables) sql(table);
  EXPECT_THAT(testing::find_broken_statements(database(), sql::kStatements), ::testing::IsEmpty());
}

}  // namespace
}  // namespace pcx::audit
