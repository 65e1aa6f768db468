#include "migrate/prelock.h"

#include <gmock/gmock.h>

#include "db/script.h"
#include "tests/support/postgres.h"

namespace pcx::migrate {
namespace {

using pcx::testing::Postgres;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Touch touch(std::int64_t oid, const std::string& name, LockMode mode, char kind = 'r') {
  return {.oid = oid, .schema = "public", .name = name, .kind = kind, .mode = mode};
}

StatementOutlook statement(std::vector<Touch> touches) {
  return {.place = {}, .kind = "", .forecast = {std::move(touches), {}}};
}

// Of statements with these touches.
ScriptOutlook outlook(const std::vector<std::vector<Touch>>& statements) {
  ScriptOutlook script;
  std::vector<Forecast> forecasts;
  for (const auto& touches : statements) {
    script.statements.push_back(statement(touches));
    forecasts.push_back(script.statements.back().forecast);
  }
  script.total = sum(forecasts);
  return script;
}

std::vector<std::string> texts(const std::vector<db::Query>& queries) {
  std::vector<std::string> all;
  for (const auto& query : queries) all.push_back(query.text());
  return all;
}

TEST(LockFirst, LocksByOidInTheStrongestMode) {
  const auto script =
      outlook({{touch(30, "a", LockMode::access_share)},
               {touch(20, "b b", LockMode::share), touch(30, "a", LockMode::row_exclusive)},
               {touch(10, "p", LockMode::access_exclusive, 'p')}});
  EXPECT_THAT(texts(lock_first(script)),
              ElementsAre("LOCK TABLE ONLY \"public\".\"p\" IN ACCESS EXCLUSIVE MODE",
                          "LOCK TABLE ONLY \"public\".\"b b\" IN SHARE MODE",
                          "LOCK TABLE ONLY \"public\".\"a\" IN ROW EXCLUSIVE MODE"));
}

TEST(LockFirst, LocksNothingThatTheFirstStatementLocksAnyway) {
  const Touch strong = touch(1, "a", LockMode::access_exclusive);
  const Touch weak = touch(1, "a", LockMode::row_exclusive);
  EXPECT_THAT(lock_first(outlook({{strong}})), IsEmpty());
  EXPECT_THAT(lock_first(outlook({{strong}, {weak}, {}})), IsEmpty());
  EXPECT_THAT(texts(lock_first(outlook({{weak}, {strong}}))),
              ElementsAre("LOCK TABLE ONLY \"public\".\"a\" IN ACCESS EXCLUSIVE MODE"));
}

TEST(LockFirst, LeavesOutWhatIsNoTableOfTheUsers) {
  Touch catalog = touch(3, "pg_class", LockMode::row_exclusive);
  catalog.schema = "pg_catalog";
  const auto script = outlook({{},
                               {touch(1, "i", LockMode::access_exclusive, 'i'),
                                touch(2, "v", LockMode::access_exclusive, 'v'), catalog}});
  EXPECT_THAT(lock_first(script), IsEmpty());
  EXPECT_THAT(lock_first(ScriptOutlook{}), IsEmpty());
}

// Every mode is written as the server reads it.
TEST(LockFirst, IsUnderstoodByTheServer) {
  db::Database database{
      db::parse_target(Postgres::shared().url(Postgres::shared().fresh_database())), {}};
  db::run_script(database, "CREATE TABLE public.a ()", "test");
  for (int mode = static_cast<int>(LockMode::access_share);
       mode <= static_cast<int>(LockMode::access_exclusive); ++mode) {
    const auto locks = lock_first(outlook({{}, {touch(1, "a", static_cast<LockMode>(mode))}}));
    db::Transaction tx = database.begin_for_script("public", locks);
    db::Query query{"test.mode"};
    query.sql("SELECT mode FROM pg_locks WHERE relation = 'public.a'::regclass");
    EXPECT_EQ(lock_mode_of(tx.query(query).one()["mode"].as<std::string>()),
              static_cast<LockMode>(mode));
    tx.commit();
  }
}

struct LiftCase {
  const char* sql;
  bool lifts;
};

class LiftsLockTimeout : public ::testing::TestWithParam<LiftCase> {};

TEST_P(LiftsLockTimeout, SeesNoLimit) {
  EXPECT_EQ(lifts_lock_timeout(Script{GetParam().sql, "test"}), GetParam().lifts);
}

INSTANTIATE_TEST_SUITE_P(Scripts, LiftsLockTimeout,
                         ::testing::Values(LiftCase{"SET lock_timeout = 0", true},
                                           LiftCase{"set LOCAL Lock_Timeout TO '0'", true},
                                           LiftCase{"SELECT 1; SET lock_timeout = '0ms'", true},
                                           LiftCase{"SET lock_timeout TO DEFAULT", true},
                                           LiftCase{"RESET lock_timeout", true},
                                           LiftCase{"RESET ALL", true},
                                           LiftCase{"SET lock_timeout = '10s'", false},
                                           LiftCase{"SET lock_timeout = 5", false},
                                           LiftCase{"SET statement_timeout = 0", false},
                                           LiftCase{"RESET statement_timeout", false},
                                           LiftCase{"SELECT 'lock_timeout'", false},
                                           LiftCase{"CREATE TABEL", false}));

}  // namespace
}  // namespace pcx::migrate
