// What a comment tells pcx, and what it does not.
#include "migrate/mark.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx::migrate {
namespace {

using pcx::testing::error_of;
using ::testing::HasSubstr;

class AMark : public ::testing::TestWithParam<const char*> {};

TEST_P(AMark, StandsAloneBeforeTheFirstStatement) {
  EXPECT_TRUE(has_steps_mark(GetParam()));
  check_marks({GetParam(), "m.sql"});
}

INSTANTIATE_TEST_SUITE_P(Scripts, AMark,
                         ::testing::Values("-- pcx:no-transaction\nSELECT 1;",
                                           "-- pcx:no-transaction \t\r\nSELECT 1;",
                                           "--pcx:no-transaction\rSELECT 1;",
                                           "-- why\n\n/* who */\n;\n  --\tpcx:no-transaction\nX",
                                           "-- pcx:no-transaction"));

class NoMark : public ::testing::TestWithParam<const char*> {};

TEST_P(NoMark, IsWhatIsMeantForPeopleOrTheServer) {
  EXPECT_FALSE(has_steps_mark(GetParam()));
  check_marks({GetParam(), "m.sql"});
}

INSTANTIATE_TEST_SUITE_P(Scripts, NoMark,
                         ::testing::Values("", "SELECT 1;", "-- see pcx:no-transaction\nSELECT 1;",
                                           "SELECT '\n-- pcx:no-transaction\n';",
                                           "DO $$\n-- pcx:no-transaction\n$$;",
                                           "SELECT \"/* pcx:x */\";", "-- pcx has no: mark"));

struct Wrong {
  const char* sql;
  const char* place;
};

class WrongMark : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongMark, IsRefusedWithItsPlace) {
  EXPECT_FALSE(has_steps_mark(GetParam().sql));
  const Error error = error_of([&] { check_marks({GetParam().sql, "m.sql"}); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(error.reason(), "unknown_mark");
  EXPECT_EQ(to_string(error.location()), GetParam().place);
  EXPECT_THAT(error.hint(), HasSubstr("\"-- pcx:no-transaction\" alone on a line"));
}

INSTANTIATE_TEST_SUITE_P(
    Scripts, WrongMark,
    ::testing::Values(Wrong{"-- pcx:no-transaction because slow\nVACUUM;", "m.sql:1:1"},
                      Wrong{"-- why\n  -- PCX:NO-TRANSACTION\nVACUUM;", "m.sql:2:3"},
                      Wrong{"-- pcx:no_transaction\nVACUUM;", "m.sql:1:1"},
                      Wrong{"--- pcx:no-transaction\nVACUUM;", "m.sql:1:1"},
                      Wrong{"-- pcx: no-transaction\nVACUUM;", "m.sql:1:1"},
                      Wrong{"/* pcx:no-transaction */ VACUUM;", "m.sql:1:1"},
                      Wrong{"/*\n * pcx:no-transaction\n */ VACUUM;", "m.sql:2:1"},
                      Wrong{"SELECT 1;\n-- pcx:no-transaction", "m.sql:2:1"},
                      Wrong{"SELECT 1\n  -- pcx:no-transaction", "m.sql:2:3"},
                      Wrong{"REPACK t; -- pcx:no-transaction", "m.sql:1:11"}));

TEST(SteppingMark, IsRefusedWhereNothingRunsInSteps) {
  const Error error = error_of([] {
    refuse_steps_mark({"\n-- pcx:no-transaction\nVACUUM;", "m.sql"});
  });
  EXPECT_EQ(to_string(error.location()), "m.sql:2:1");
  EXPECT_THAT(error.what(), HasSubstr("in a down script, which is one transaction"));
  refuse_steps_mark({"-- why\nDROP TABLE t;", "m.sql"});
}

}  // namespace
}  // namespace pcx::migrate
