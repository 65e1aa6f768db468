#include "audit/shipped_functions.h"

#include <gmock/gmock.h>

#include "db/script.h"
#include "tests/audit/fixture.h"

namespace pcx::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FindFunctions, FindsBodiesInDollarsAndInQuotes) {
  const auto found = find_functions(
      "CREATE FUNCTION pcx.audit_a(x text) RETURNS text LANGUAGE sql AS $$ SELECT 'AS ' $$;\n"
      "-- CREATE FUNCTION pcx.audit_no() AS 'x'\n"
      "CREATE FUNCTION pcx.other() RETURNS int LANGUAGE sql AS 'SELECT 1';\n"
      "CREATE FUNCTION pcx.audit_b() RETURNS int\nLANGUAGE sql STABLE AS 'SELECT 3';\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "audit_a");
  EXPECT_EQ(found[0].body, " SELECT 'AS ' ");
  EXPECT_EQ(found[1].name, "audit_b");
  EXPECT_EQ(found[1].body, "SELECT 3");
}

class ShippedFunctions : public AuditFixture {
 protected:
  std::vector<std::string> replaced() {
    db::Transaction tx = database().begin();
    return find_replaced_functions(tx);
  }
  void script(const std::string& text) { db::run_script(database(), text, "test"); }
};

TEST_F(ShippedFunctions, AreThoseOfAFreshSchema) {
  EXPECT_THAT(replaced(), IsEmpty());
  EXPECT_EQ(sql("SELECT count(*) FROM pg_proc WHERE pronamespace = 'pcx'::regnamespace AND "
                "proname ^@ 'audit_'"),
            std::to_string(shipped_functions().size()));
}

TEST_F(ShippedFunctions, NoticesAnotherBody) {
  script(
      "CREATE OR REPLACE FUNCTION pcx.audit_log_row() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RETURN NULL; END $$;"
      "CREATE OR REPLACE FUNCTION pcx.audit_segment() RETURNS integer LANGUAGE sql AS 'SELECT 4'");
  EXPECT_THAT(replaced(), ElementsAre("audit_log_row", "audit_segment"));
}

TEST_F(ShippedFunctions, NoticesOverloadsStrangersAndMissingOnes) {
  script(
      "CREATE FUNCTION pcx.audit_hide(text) RETURNS int LANGUAGE sql AS 'SELECT 1';"
      "CREATE FUNCTION pcx.audit_extra() RETURNS int LANGUAGE sql AS 'SELECT 1';"
      "DROP FUNCTION pcx.audit_triggers_of(oid)");
  EXPECT_THAT(replaced(), ElementsAre("audit_extra", "audit_hide", "audit_triggers_of"));
}

TEST_F(ShippedFunctions, KnowTheSegmentsOfLaterEpochs) {
  script(
      "CREATE OR REPLACE FUNCTION pcx.audit_segment() RETURNS integer LANGUAGE sql STABLE AS "
      "'SELECT 11'");
  EXPECT_THAT(replaced(), IsEmpty());
}

}  // namespace
}  // namespace pcx::audit
