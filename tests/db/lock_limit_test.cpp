#include "db/lock_limit.h"

#include <gtest/gtest.h>

#include "db/script.h"
#include "tests/support/errors.h"
#include "tests/support/postgres.h"

namespace pcx::db {
namespace {

using pcx::testing::error_of;
using pcx::testing::Postgres;
using std::chrono::milliseconds;

struct LimitCase {
  const char* set;
  milliseconds read;
};

class ReadLockLimit : public ::testing::TestWithParam<LimitCase> {};

TEST_P(ReadLockLimit, CountsInMilliseconds) {
  Database database{parse_target(Postgres::shared().url("postgres")), {}};
  run_script(database, std::string{"SET lock_timeout = '"} + GetParam().set + "'", "test");
  EXPECT_EQ(read_lock_limit(database), GetParam().read);
}

INSTANTIATE_TEST_SUITE_P(Limits, ReadLockLimit,
                         ::testing::Values(LimitCase{"0", milliseconds{0}},
                                           LimitCase{"50ms", milliseconds{50}},
                                           LimitCase{"2min", milliseconds{120'000}}));

class BeginForScript : public ::testing::Test {
 protected:
  Database database{parse_target(Postgres::shared().url("postgres")), {}};
};

TEST_F(BeginForScript, LimitsItsTransactionAlone) {
  Transaction tx = database.begin_for_script("public", {limit_lock_wait(milliseconds{70})});
  EXPECT_EQ(tx.query({"test.show", "SELECT current_setting('lock_timeout') AS value"})
                .one()["value"]
                .as<std::string>(),
            "70ms");
  tx.commit();
  EXPECT_EQ(read_lock_limit(database), milliseconds{0});
}

TEST_F(BeginForScript, LeavesNothingOpenWhenItsFirstStatementFails) {
  const Query bad = Query{"test.bad"}.sql("LOCK TABLE public.nowhere IN SHARE MODE");
  EXPECT_EQ(error_of([&] { database.begin_for_script("public", {bad}); }).sqlstate(), "42P01");
  Transaction tx = database.begin_for_script("public");
  EXPECT_TRUE(tx.is_open());
  EXPECT_FALSE(tx.id().empty());
  tx.commit();
}

}  // namespace
}  // namespace pcx::db
