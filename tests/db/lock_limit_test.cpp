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
  const char* before;  // the session's own
  milliseconds wanted;
  const char* after;
};

class LockLimit : public ::testing::TestWithParam<LimitCase> {
 protected:
  static std::string shown(Transaction& tx) {
    Query query{"test.show"};
    query.sql("SELECT current_setting('lock_timeout') AS value");
    return tx.query(query).one()["value"].as<std::string>();
  }

  Database database{parse_target(Postgres::shared().url("postgres")), {}};
};

TEST_P(LockLimit, IsTheStricterOne) {
  const auto& [before, wanted, after] = GetParam();
  run_script(database, std::string{"SET lock_timeout = '"} + before + "'", "test");
  Transaction tx = database.begin_for_script("public", {limit_lock_wait(wanted)});
  EXPECT_EQ(shown(tx), after);
  run_script(tx, "SET lock_timeout = 0; SET search_path = public", "test");
  tx.query(forget_lock_limit());
  tx.query(limit_lock_wait(wanted));
  EXPECT_EQ(shown(tx), std::to_string(wanted.count()) + "ms");  // the server itself has no limit
  tx.commit();
}

INSTANTIATE_TEST_SUITE_P(Limits, LockLimit,
                         ::testing::Values(LimitCase{"0", milliseconds{100}, "100ms"},
                                           LimitCase{"50ms", milliseconds{100}, "50ms"},
                                           LimitCase{"1", milliseconds{100}, "1ms"},
                                           LimitCase{"100ms", milliseconds{100}, "100ms"},
                                           LimitCase{"2s", milliseconds{100}, "100ms"},
                                           LimitCase{"1500ms", milliseconds{1'999}, "1500ms"},
                                           LimitCase{"1min", milliseconds{1'999}, "1999ms"},
                                           LimitCase{"2h", milliseconds{1'999}, "1999ms"},
                                           LimitCase{"20d", milliseconds{1'999}, "1999ms"}));

class BeginForScript : public ::testing::Test {
 protected:
  Database database{parse_target(Postgres::shared().url("postgres")), {}};
};

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
