// How a script is cut into steps.
#include "migrate/step.h"

#include <gmock/gmock.h>

#include "migrate/statement.h"
#include "tests/support/errors.h"

namespace pcx::migrate {
namespace {

using pcx::testing::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string reason_of(const std::string& sql) {
  return reason_for_steps({sql, "m.sql"}, analyse(sql));
}

std::vector<Step> steps_of(const std::string& sql) {
  return split_steps({sql, "m.sql"}, analyse(sql));
}

// "T CREATE TABLE", "A VACUUM", "S SET ...".
std::vector<std::string> outline(const std::string& sql) {
  std::vector<std::string> lines;
  for (const Step& step : steps_of(sql)) {
    lines.push_back(std::string{"TAES"[static_cast<int>(step.mode)]} + ' ' + step.kind);
  }
  return lines;
}

std::string text_of(const std::string& sql, const Step& step) {
  return sql.substr(step.offset, step.length);
}

struct Reason {
  const char* sql;
  const char* reason;
};

class ReasonForSteps : public ::testing::TestWithParam<Reason> {};

TEST_P(ReasonForSteps, IsFound) { EXPECT_EQ(reason_of(GetParam().sql), GetParam().reason); }

INSTANTIATE_TEST_SUITE_P(
    Scripts, ReasonForSteps,
    ::testing::Values(
        Reason{"CREATE TABLE t (id int);", ""}, Reason{"", ""},
        Reason{"CREATE INDEX CONCURRENTLY i ON t (a);",
               "CREATE INDEX CONCURRENTLY cannot run inside a transaction"},
        Reason{"SELECT 1; VACUUM t;", "VACUUM cannot run inside a transaction"},
        Reason{"BEGIN; SELECT 1; COMMIT;", "it has a BEGIN of its own"},
        Reason{"-- pcx:no-transaction\nSELECT 1;", "it says \"-- pcx:no-transaction\""},
        Reason{"-- why\n\n--pcx:no-transaction\r\nSELECT 1;", "it says \"-- pcx:no-transaction\""},
        Reason{"SELECT '\n-- pcx:no-transaction\n';", ""},
        Reason{"ALTER TYPE mood ADD VALUE 'ok';", ""},
        Reason{"ALTER TYPE mood ADD VALUE 'ok'; SELECT 'other';", ""},
        Reason{"ALTER TYPE mood RENAME VALUE 'a' TO 'ok'; SELECT 'ok'::mood;", ""},
        Reason{"alter type mood add value 'ok'; INSERT INTO t VALUES ('ok');",
               "it uses an enum label that it adds"},
        Reason{"ALTER TYPE mood ADD VALUE 'ok'; ALTER TABLE t ALTER m SET DEFAULT 'ok';",
               "it uses an enum label that it adds"}));

TEST(Step, IsAStatementOrABlock) {
  EXPECT_THAT(outline("CREATE TABLE a (i int); CREATE INDEX CONCURRENTLY i ON a (i);"
                      "BEGIN; INSERT INTO a VALUES (1); INSERT INTO a VALUES (2); END;"
                      "START TRANSACTION /* none */; COMMIT AND NO CHAIN; SET search_path = x; "
                      "RESET ALL; VACUUM;"),
              ElementsAre("T CREATE TABLE", "A CREATE INDEX CONCURRENTLY",
                          "T INSERT INTO and 1 more", "S SET SEARCH", "S RESET ALL", "A VACUUM"));
}

TEST(Step, IsNeverCutAtASemicolonInside) {
  const std::string sql =
      "-- a; b\nSELECT ';' /* ; */ , $$ ; $$, $x$ ; $x$;\n"
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\n"
      "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM u; DELETE FROM v);\nVACUUM;";
  const auto steps = steps_of(sql);
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_EQ(text_of(sql, steps[0]), "SELECT ';' /* ; */ , $$ ; $$, $x$ ; $x$");
  EXPECT_THAT(text_of(sql, steps[1]), HasSubstr("SELECT 1; SELECT 2; END"));
  EXPECT_EQ(text_of(sql, steps[3]), "VACUUM");
}

std::vector<std::string> settings_of(const Step& step) {
  std::vector<std::string> texts;
  for (const Setting& setting : step.settings) texts.push_back(setting.text);
  return texts;
}

TEST(Step, KnowsWhatItSetsForTheSession) {
  const auto steps = steps_of(
      "SET lock_timeout = 1; BEGIN; SET LOCAL ROLE x; SET ROLE y; SELECT 1; COMMIT;"
      "SELECT pg_catalog.set_config('search_path', '', false); VACUUM;"
      "SELECT set_config('a.b', NULL, false), set_config('c.d', 'e', false) AS f; RESET ROLE;");
  EXPECT_THAT(settings_of(steps[0]), ElementsAre("SET lock_timeout = 1"));
  EXPECT_THAT(settings_of(steps[1]), ElementsAre("SET ROLE y"));
  EXPECT_EQ(steps[1].settings[0].offset, 47U);
  EXPECT_THAT(settings_of(steps[2]),
              ElementsAre("SELECT pg_catalog.set_config('search_path', '', false)"));
  EXPECT_EQ(steps[2].mode, Step::Mode::transaction);
  EXPECT_THAT(settings_of(steps[3]), IsEmpty());
  EXPECT_EQ(steps[4].settings.size(), 1U);
  EXPECT_THAT(settings_of(steps[5]), ElementsAre("RESET ROLE"));
}

class SetsNothingForLaterSteps : public ::testing::TestWithParam<const char*> {};

TEST_P(SetsNothingForLaterSteps, AndRunsOnce) {
  for (const Step& step : steps_of(std::string{GetParam()} + "; VACUUM;")) {
    EXPECT_NE(step.mode, Step::Mode::session);
    EXPECT_THAT(step.settings, IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Statements, SetsNothingForLaterSteps,
    ::testing::Values("SELECT reset_configuration()", "SELECT pay(10) -- set_config\n",
                      "SELECT 'set_config'", "SELECT set_config('a.b', 'c', false), pay(10)",
                      "SELECT set_config('a.b', pay(10), false)",
                      "SELECT set_config('a.b', 'c', true)", "SELECT set_config('a.b', 'c', NULL)",
                      "SELECT set_config('a.b', 'c', false) FROM pay(10)",
                      "SELECT set_config('a.b', 'c', false) WHERE pay(10)",
                      "SELECT set_config('a.b', 'c', false) INTO t",
                      "WITH p AS (SELECT pay(10)) SELECT set_config('a.b', 'c', false)",
                      "SELECT set_config('a.b', 'c', false) UNION SELECT pay(10)",
                      "SELECT set_config('a.b', 'c', false) LIMIT pay(10)",
                      "SELECT set_config('a.b', 'c', false) FILTER (WHERE pay(10))",
                      "SELECT other.set_config('a.b', 'c', false)",
                      "BEGIN; SELECT set_config('a.b', 'c', true); COMMIT",
                      "BEGIN; SET LOCAL a.b = c; COMMIT", "SET LOCAL a.b = c",
                      "SET CONSTRAINTS ALL DEFERRED"));

TEST(Step, HasTheSameHashWithOtherLineEnds) {
  EXPECT_EQ(steps_of("VACUUM\n(ANALYZE);")[0].hash, steps_of("VACUUM\r\n(ANALYZE);")[0].hash);
  EXPECT_NE(steps_of("VACUUM;")[0].hash, steps_of("VACUUM t;")[0].hash);
}

TEST(Step, OfAMarkedScriptMayEndTransactionsItself) {
  const std::string mark = "-- pcx:no-transaction\n";
  EXPECT_THAT(outline(mark + "CALL p(); DO $$ BEGIN COMMIT; END $$; DO $$ BEGIN END $$;"),
              ElementsAre("A CALL P", "A DO", "T DO"));
  EXPECT_THAT(outline("CALL p(); VACUUM;"), ElementsAre("T CALL P", "A VACUUM"));
}

TEST(Step, MayRunEitherWayByWhatItNames) {
  EXPECT_THAT(
      outline("VACUUM; REINDEX TABLE t; REINDEX INDEX i; CLUSTER t USING i; CLUSTER;"
              "ALTER SUBSCRIPTION s REFRESH PUBLICATION; DROP SUBSCRIPTION s;"
              "BEGIN; REINDEX TABLE t; COMMIT;"),
      ElementsAre("A VACUUM", "E REINDEX TABLE", "E REINDEX INDEX", "E CLUSTER T", "A CLUSTER",
                  "E ALTER SUBSCRIPTION", "E DROP SUBSCRIPTION", "T REINDEX TABLE"));
}

TEST(Step, IsTheWholeScriptThatTheGrammarCannotRead) {
  const std::string sql = "-- pcx:no-transaction\nREPACK t CONCURRENTLY;";
  const auto steps = steps_of(sql);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].kind, kWholeScript);
  EXPECT_EQ(steps[0].mode, Step::Mode::alone);
  EXPECT_EQ(text_of(sql, steps[0]), sql);
}

struct Refused {
  const char* sql;
  const char* place;
  const char* message;
};

class RefusedSteps : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedSteps, HaveAPlaceAndAReason) {
  const Error error = error_of([&] { steps_of(GetParam().sql); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(to_string(error.location()), GetParam().place);
  EXPECT_THAT(error.what(), HasSubstr(GetParam().message));
  EXPECT_NE(error.hint(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Scripts, RefusedSteps,
    ::testing::Values(
        Refused{"SELECT 1;\nBEGIN;", "m.sql:2:1", "BEGIN has no COMMIT"},
        Refused{"BEGIN; BEGIN;", "m.sql:1:8", "BEGIN inside a block"},
        Refused{"BEGIN; SELECT 1; ROLLBACK;", "m.sql:1:18", "ROLLBACK in a migration"},
        Refused{"BEGIN; SAVEPOINT s; SET ROLE r; ROLLBACK TO s; COMMIT;", "m.sql:1:33",
                "ROLLBACK TO behind a SET"},
        Refused{"ABORT;", "m.sql:1:1", "ROLLBACK in a migration"},
        Refused{"BEGIN; PREPARE TRANSACTION 'x';", "m.sql:1:8", "PREPARE TRANSACTION"},
        Refused{"BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT;", "m.sql:1:1", "BEGIN with options"},
        Refused{"START TRANSACTION READ ONLY; COMMIT;", "m.sql:1:1",
                "START TRANSACTION with options"},
        Refused{"BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; COMMIT;", "m.sql:1:8",
                "a transaction's characteristics"},
        Refused{"VACUUM; SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;", "m.sql:1:9",
                "a transaction's characteristics"},
        Refused{"BEGIN; SET LOCAL transaction_isolation = serializable; COMMIT;", "m.sql:1:8",
                "a transaction's characteristics"},
        Refused{"BEGIN; COMMIT AND CHAIN;", "m.sql:1:8", "COMMIT with options"},
        Refused{"BEGIN; VACUUM; COMMIT;", "m.sql:1:8",
                "VACUUM cannot run inside a transaction, and stands between"},
        Refused{"VACUUM; DISCARD ALL;", "m.sql:1:9", "DISCARD ALL would free the locks"},
        Refused{"VACUUM; COPY t FROM STDIN;", "m.sql:1:9", "COPY ... FROM STDIN"}));

}  // namespace
}  // namespace pcx::migrate
