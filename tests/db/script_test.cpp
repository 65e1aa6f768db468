#include "db/script.h"

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/query.h"
#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RunScript : public testing::DatabaseFixture {
 protected:
  void SetUp() override { database_.emplace(connect()); }
  Database& database() { return *database_; }
  Error failure_of(std::string_view sql) {
    return error_of([&] {
      Transaction tx = database().begin();
      run_script(tx, sql, "1.sql");
    });
  }
  std::int64_t count(std::string_view table) {
    Query query{"test.count"};
    return database()
        .query(query.sql("SELECT count(*) AS n FROM ").identifier("public", table))
        .one()["n"]
        .as<std::int64_t>();
  }

 private:
  std::optional<Database> database_;
};

TEST_F(RunScript, RunsEveryStatementInsideTheTransaction) {
  {
    Transaction tx = database().begin();
    run_script(tx, "CREATE TABLE public.a (n int); INSERT INTO public.a VALUES (1), (2);", "1.sql");
    EXPECT_TRUE(tx.is_open());
    tx.commit();
  }
  EXPECT_EQ(count("a"), 2);
}

TEST_F(RunScript, IsRefusedWithoutTheLocksOfItsTransaction) {
  database().query({"test.lock", "SELECT pg_advisory_lock(1), pg_advisory_lock(2)"});
  EXPECT_NE(database().begin_for_script("public", {}, {1, 2}).id(), "");
  database().query({"test.unlock", "SELECT pg_advisory_unlock(2)"});
  const Error error = error_of([&] { database().begin_for_script("public", {}, {1, 2}); });
  EXPECT_EQ(error.reason(), "lock_lost");
  EXPECT_NE(database().begin_for_script("public", {}, {1}).id(), "");
}

TEST_F(RunScript, LeavesNoTransactionOpenThatDidNotBegin) {
  EXPECT_NE(database().begin_for_script("public").id(), "");
  run_script(database(), "DEALLOCATE ALL", "");
  const Error error = error_of([&] { database().begin_for_script("public"); });
  EXPECT_EQ(error.sqlstate(), "26000");
  EXPECT_NE(database().begin_for_script("public").id(), "");
}

TEST_F(RunScript, GivesTheSessionBack) {
  database().query({"test.lock", "SELECT pg_advisory_lock(1)"});
  Transaction tx = database().begin_for_script("public", {}, {1});
  run_script(tx,
             "SET SESSION AUTHORIZATION pg_monitor; SET client_encoding = 'LATIN1';"
             "SELECT pg_advisory_unlock_all()",
             "1.sql");
  tx.commit_after({take_back_session({1})});
  const auto state = database().query(
      {"test.state",
       "SELECT concat_ws(' ', current_user, session_user, current_setting('client_encoding'), "
       "pg_advisory_unlock(1), pg_advisory_unlock(1)) AS all"});
  EXPECT_EQ(state.one()["all"].as<std::string>(), "postgres postgres UTF8 t f");
}

TEST_F(RunScript, LeavesNothingBehindAfterAnError) {
  failure_of("CREATE TABLE public.a (n int); SELECT 1/0;");
  EXPECT_EQ(
      database().query({"test.find", "SELECT to_regclass('public.a') AS a"}).one()["a"].is_null(),
      true);
}

TEST_F(RunScript, CountsCharactersNotBytesInPositions) {
  const Error error = failure_of(
      "-- d\xc3\xa9j\xc3\xa0 vu \xf0\x9f\x90\x8e\nSELECT '\xc3\xa9', nix FROM pg_class;");
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(error.sqlstate(), "42703");
  EXPECT_STREQ(error.what(), "column \"nix\" does not exist");
  EXPECT_EQ(to_string(error.location()), "1.sql:2:13");
}

TEST_F(RunScript, NumbersTheStatementOfAnErrorWithoutPosition) {
  const Error error = failure_of("SELECT 1; SELECT 2; SELECT 1/0;");
  EXPECT_STREQ(error.what(), "division by zero");
  EXPECT_EQ(to_string(error.location()), "1.sql");
  EXPECT_EQ(error.detail(), "in statement 3 of the script");
}

TEST_F(RunScript, KeepsDetailAndHintOfTheServer) {
  const Error error = failure_of(
      "DO $$ BEGIN RAISE EXCEPTION E'no stock\\nsecond line' USING DETAIL = 'shelf 3', HINT = "
      "'Order more.'; END $$");
  EXPECT_STREQ(error.what(), "no stock");
  EXPECT_EQ(error.hint(), "Order more.");
  EXPECT_THAT(error.detail(), HasSubstr("second line\nshelf 3"));
}

TEST_F(RunScript, ReportsAPositionInsideAFunctionAsDetail) {
  const Error error = failure_of("SELECT 1;\nDO $$ BEGIN\n PERFORM nix FROM pg_class;\nEND $$;");
  EXPECT_EQ(to_string(error.location()), "1.sql");
  EXPECT_THAT(error.detail(), HasSubstr("in the inner query, line 1, column 8: SELECT nix"));
  EXPECT_THAT(error.detail(), HasSubstr("PL/pgSQL function inline_code_block line 2 at PERFORM"));
}

TEST_F(RunScript, EndsCopyFromStdinWithAHint) {
  run_script(database(), "CREATE TABLE public.a (n int)", "1.sql");
  const Error error = failure_of("COPY public.a FROM STDIN; SELECT 1;");
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_STREQ(error.what(), "COPY FROM STDIN inside a script");
  EXPECT_THAT(error.hint(), HasSubstr("not supported"));
  EXPECT_EQ(count("a"), 0);
}

TEST_F(RunScript, ExplainsCopyDataAsPsqlReadsIt) {
  run_script(database(), "CREATE TABLE public.a (n int)", "1.sql");
  const Error error = failure_of("COPY public.a FROM STDIN;\n1\n\\.\n");
  EXPECT_EQ(to_string(error.location()), "1.sql:2:1");
  EXPECT_THAT(error.hint(), HasSubstr("pg_dump --inserts"));
}

TEST_F(RunScript, ThrowsTheRowsOfCopyToStdoutAway) {
  run_script(database(), "COPY (SELECT generate_series(1, 1000)) TO STDOUT; SELECT 1", "1.sql");
  EXPECT_EQ(database().query({"test.one", "SELECT 1 AS n"}).one()["n"].as<int>(), 1);
}

TEST_F(RunScript, HandsNoticesOver) {
  std::vector<std::string> notices;
  database().set_notice_handler([&](std::string_view severity, std::string_view message) {
    notices.push_back(std::string{severity} + ": " + std::string{message});
  });
  run_script(database(), "DO $$ BEGIN RAISE WARNING 'careful'; RAISE NOTICE 'well'; END $$", "");
  EXPECT_THAT(notices, ElementsAre("WARNING: careful", "NOTICE: well"));
}

// Each of its messages is shorter than the period apart from the next.
TEST_F(RunScript, TicksThoughTheServerTalks) {
  int ticks = 0;
  const Ticker ticker{std::chrono::milliseconds{50}, [&] { ++ticks; }};
  run_script(database(), "SELECT pg_sleep(0.3)", "1.sql", ticker);
  EXPECT_GE(std::exchange(ticks, 0), 2);
  run_script(database(),
             "DO $$ BEGIN FOR i IN 1 .. 30 LOOP RAISE NOTICE '%', i; PERFORM pg_sleep(0.01); "
             "END LOOP; END $$",
             "1.sql", ticker);
  EXPECT_GE(ticks, 2);
}

TEST_F(RunScript, RefusesWhatTheServerCouldNotRead) {
  EXPECT_EQ(to_string(failure_of("SELECT 1;\n\xff").location()), "1.sql:2:1");
  EXPECT_EQ(to_string(failure_of(std::string_view{"SELECT\0 1", 9}).location()), "1.sql:1:7");
}

TEST_F(RunScript, ShowsThatAScriptEndedTheTransaction) {
  Transaction tx = database().begin();
  run_script(tx, "ROLLBACK", "1.sql");
  EXPECT_FALSE(tx.is_open());
  const Error error = error_of([&] { tx.commit(); });
  EXPECT_EQ(error.reason(), "transaction_over");
}

TEST_F(RunScript, TellsACommitFromWhatIsUndone) {
  struct Case {
    const char* sql;
    const char* reason;
  };
  const Case cases[] = {
      {"COMMIT", "part_committed"},
      {"COMMIT; SELECT 1/0", "part_committed"},
      {"END; BEGIN READ ONLY", "part_committed"},
      {"ROLLBACK; BEGIN; COMMIT; BEGIN; SELECT 1/0", "part_committed"},
      {"SELECT 1/0; COMMIT", ""},
      {"SAVEPOINT a; ROLLBACK TO a; RELEASE a; SELECT 1/0", ""},
      {"ROLLBACK; BEGIN; SELECT 1/0", ""},
  };
  for (const auto& [sql, reason] : cases) EXPECT_EQ(failure_of(sql).reason(), reason) << sql;
}

class RunReadOnly : public RunScript {
 protected:
  Result ask(std::string_view sql, std::size_t rows_max = 10) {
    return run_read_only(database(), sql, "check.sql", std::chrono::seconds{5}, rows_max);
  }
};

TEST_F(RunReadOnly, FindsTheTablesOfTheUrlsSchema) {
  run_script(database(), "CREATE TABLE public.a (n int); INSERT INTO public.a VALUES (5)", "");
  EXPECT_EQ(ask("-- how many?\nSELECT n FROM a;\n").one()["n"].as<int>(), 5);
}

TEST_F(RunReadOnly, RefusesMoreRowsThanAllowed) {
  EXPECT_EQ(ask("SELECT generate_series(1, 10)").size(), 10u);
  const Error error = error_of([&] { ask("SELECT generate_series(1, 11)"); });
  EXPECT_STREQ(error.what(), "the query returns more than 10 rows");
}

TEST_F(RunReadOnly, PointsAtTheMistake) {
  const Error error = error_of([&] { ask("SELECT 1,\n  nix"); });
  EXPECT_EQ(to_string(error.location()), "check.sql:2:3");
  EXPECT_STREQ(error.what(), "column \"nix\" does not exist");
}

TEST_F(RunReadOnly, StopsAfterItsTimeout) {
  const Error error = error_of([&] {
    run_read_only(database(), "SELECT pg_sleep(60)", "check.sql", std::chrono::milliseconds{20}, 1);
  });
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_EQ(error.sqlstate(), "57014");
}

struct Refused {
  const char* sql;
};
class RunReadOnlyRefuses : public RunReadOnly, public ::testing::WithParamInterface<Refused> {};

TEST_P(RunReadOnlyRefuses, AnythingButOneQuestion) {
  run_script(database(), "CREATE TABLE public.a (n int)", "");
  error_of([&] { ask(GetParam().sql); });
  EXPECT_EQ(count("a"), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Sql, RunReadOnlyRefuses,
    ::testing::Values(Refused{"INSERT INTO a VALUES (1)"}, Refused{"SELECT 1; DROP TABLE a"},
                      Refused{"SELECT 1; COMMIT; INSERT INTO a VALUES (1)"},
                      Refused{"WITH w AS (INSERT INTO a VALUES (1) RETURNING n) SELECT n FROM w"},
                      Refused{""}));

}  // namespace
}  // namespace pcx::db
