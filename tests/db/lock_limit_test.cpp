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

class OwnLockLimit : public ::testing::TestWithParam<LimitCase> {};

TEST_P(OwnLockLimit, CountsInMilliseconds) {
  Database database{parse_target(Postgres::shared().url("postgres")), {}};
  run_script(database, std::string{"SET lock_timeout = '"} + GetParam().set + "'", "test");
  EXPECT_EQ(own_lock_limit(database), GetParam().read);
  run_script(database, "SET lock_timeout = 7", "test");
  EXPECT_EQ(own_lock_limit(database), GetParam().read);  // asked once
  database.reconnect();
  EXPECT_EQ(own_lock_limit(database), milliseconds{0});
}

INSTANTIATE_TEST_SUITE_P(Limits, OwnLockLimit,
                         ::testing::Values(LimitCase{"0", milliseconds{0}},
                                           LimitCase{"50ms", milliseconds{50}},
                                           LimitCase{"2min", milliseconds{120'000}}));

constexpr Statement kShow{"test.show", "SELECT current_setting('lock_timeout') AS value"};

std::string text_of(const Result& rows) { return rows.one()["value"].as<std::string>(); }

class BeginForScript : public ::testing::Test {
 protected:
  Database database{parse_target(Postgres::shared().url("postgres")), {}};
};

TEST_F(BeginForScript, LimitsItsTransactionAlone) {
  Transaction tx = database.begin_for_script("public", {limit_lock_wait(milliseconds{70})});
  EXPECT_EQ(text_of(tx.query(kShow)), "70ms");
  tx.commit();
  EXPECT_EQ(text_of(database.query(kShow)), "0");
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
