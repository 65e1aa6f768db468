#include "migrate/statement.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "migrate/check.h"
#include "tests/support/errors.h"

namespace pcx::migrate {
namespace {

using pcx::testing::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> kinds(std::string_view sql) {
  std::vector<std::string> found;
  for (const auto& statement : analyse(sql).statements) found.push_back(statement.kind);
  return found;
}

// The one statement of `sql`.
Statement statement_of(std::string_view sql) {
  const Analysis analysis = analyse(sql);
  EXPECT_TRUE(analysis.analysed) << analysis.parse_error;
  EXPECT_EQ(analysis.statements.size(), 1u);
  return analysis.statements.at(0);
}

TEST(Analyse, SplitsOnlyWhereStatementsEnd) {
  EXPECT_THAT(kinds("-- a; b\nCREATE TABLE t (a text DEFAULT ';');;\n"
                    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;\n"
                    "CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; "
                    "SELECT 2; END;\nSELECT 1"),
              ElementsAre("CREATE TABLE", "CREATE FUNCTION", "CREATE FUNCTION", "SELECT"));
}

TEST(Analyse, FindsNothingInComments) {
  const Analysis analysis = analyse("-- nothing\n/* here /* nested */ either */\n");
  EXPECT_TRUE(analysis.analysed);
  EXPECT_TRUE(analysis.statements.empty());
}

TEST(Analyse, PointsAtTheStatementBehindItsComments) {
  const std::string sql = "SELECT 1;\n-- why\n/* and how */ COMMIT;\n";
  const Analysis analysis = analyse(sql);
  EXPECT_EQ(sql.substr(analysis.statements[1].offset, 6), "COMMIT");
}

TEST(Analyse, EndsACommentWherePostgreSqlDoes) {
  const std::string sql = "-- why\rSELECT 1;\n-- more\r\nCOMMIT;";
  const Analysis analysis = analyse(sql);
  ASSERT_EQ(analysis.statements.size(), 2u);
  EXPECT_EQ(analysis.statements[0].offset, sql.find("SELECT"));
  EXPECT_EQ(analysis.statements[1].offset, sql.find("COMMIT"));
}

struct Refused {
  std::string sql;
  std::string kind;
  Refusal refusal = Refusal::not_in_transaction;
};

class AnalyseRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(AnalyseRefuses, ByKind) {
  const Statement statement = statement_of(GetParam().sql);
  EXPECT_EQ(statement.kind, GetParam().kind);
  EXPECT_EQ(statement.refusal, GetParam().refusal);
}

constexpr auto kControl = Refusal::transaction_control;

INSTANTIATE_TEST_SUITE_P(
    Statements, AnalyseRefuses,
    ::testing::Values(
        Refused{"CREATE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX CONCURRENTLY"},
        Refused{"create unique index concurrently i on t (a)", "CREATE INDEX CONCURRENTLY"},
        Refused{"DROP INDEX CONCURRENTLY i", "DROP INDEX CONCURRENTLY"},
        Refused{"REINDEX INDEX CONCURRENTLY i", "REINDEX CONCURRENTLY"},
        Refused{"REINDEX (CONCURRENTLY) TABLE t", "REINDEX CONCURRENTLY"},
        Refused{"REINDEX DATABASE d", "REINDEX DATABASE"},
        Refused{"REINDEX SYSTEM d", "REINDEX SYSTEM"},
        Refused{"REINDEX SCHEMA s", "REINDEX SCHEMA"}, Refused{"VACUUM t", "VACUUM"},
        Refused{"VACUUM (ANALYZE) t", "VACUUM"}, Refused{"CLUSTER", "CLUSTER"},
        Refused{"CREATE DATABASE d", "CREATE DATABASE"},
        Refused{"DROP DATABASE d", "DROP DATABASE"},
        Refused{"CREATE TABLESPACE s LOCATION '/x'", "CREATE TABLESPACE"},
        Refused{"DROP TABLESPACE s", "DROP TABLESPACE"},
        Refused{"ALTER SYSTEM SET work_mem = '1MB'", "ALTER SYSTEM"},
        Refused{"ALTER DATABASE d SET TABLESPACE s", "ALTER DATABASE ... SET TABLESPACE"},
        Refused{"ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
                "ALTER TABLE ... DETACH PARTITION CONCURRENTLY"},
        Refused{"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", "CREATE SUBSCRIPTION"},
        Refused{"DISCARD ALL", "DISCARD ALL"}, Refused{"COMMIT PREPARED 'x'", "COMMIT PREPARED"},
        Refused{"ROLLBACK PREPARED 'x'", "ROLLBACK PREPARED"}, Refused{"BEGIN", "BEGIN", kControl},
        Refused{"BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE", "BEGIN", kControl},
        Refused{"START TRANSACTION", "START TRANSACTION", kControl},
        Refused{"COMMIT", "COMMIT", kControl}, Refused{"END", "COMMIT", kControl},
        Refused{"ROLLBACK", "ROLLBACK", kControl}, Refused{"ABORT", "ROLLBACK", kControl},
        Refused{"PREPARE TRANSACTION 'x'", "PREPARE TRANSACTION", kControl},
        Refused{"COPY t FROM STDIN", "COPY ... FROM STDIN", Refusal::copy_from_stdin}));

class AnalyseAccepts : public ::testing::TestWithParam<std::string> {};

TEST_P(AnalyseAccepts, WhatRunsInATransaction) {
  const Analysis analysis = analyse(GetParam());
  ASSERT_TRUE(analysis.analysed) << analysis.parse_error;
  for (const auto& statement : analysis.statements) {
    EXPECT_EQ(statement.refusal, Refusal::none) << statement.kind;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Statements, AnalyseAccepts,
    ::testing::Values("CREATE INDEX i ON t (a)", "DROP INDEX i", "REINDEX TABLE t", "CLUSTER t",
                      "ANALYZE t", "SAVEPOINT s", "ROLLBACK TO SAVEPOINT s", "RELEASE s",
                      "ALTER TABLE t DETACH PARTITION p", "ALTER TYPE e ADD VALUE 'x'",
                      "COPY t FROM '/tmp/x'", "COPY t TO STDOUT", "DISCARD TEMP",
                      "DO $$ BEGIN COMMIT; END $$", "SELECT 'BEGIN; COMMIT;'",
                      "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)"));

struct Unseen {
  std::string sql;
  std::string words;
};

class AnalyseDoubts : public ::testing::TestWithParam<Unseen> {};

TEST_P(AnalyseDoubts, WhatMayLoseMoreThanItNames) {
  const Statement statement = statement_of(GetParam().sql);
  EXPECT_EQ(statement.unseen_loss, GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Statements, AnalyseDoubts,
    ::testing::Values(
        Unseen{"DO $$ BEGIN DROP TABLE t; END $$", "DO"}, Unseen{"CALL clean_up()", "CALL"},
        Unseen{"EXECUTE prepared", "EXECUTE"}, Unseen{"DROP OWNED BY r", "DROP OWNED"},
        Unseen{"UPDATE t SET a = 1", "UPDATE"},
        Unseen{"MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", "MERGE"},
        Unseen{"DROP TYPE e CASCADE", "DROP TYPE ... CASCADE"},
        Unseen{"DROP DOMAIN d CASCADE", "DROP DOMAIN ... CASCADE"},
        Unseen{"DROP FUNCTION f() CASCADE", "DROP FUNCTION ... CASCADE"},
        Unseen{"DROP SCHEMA s CASCADE", "DROP SCHEMA ... CASCADE"},
        Unseen{"DROP TABLE t CASCADE", "DROP TABLE ... CASCADE"},
        Unseen{"DROP MATERIALIZED VIEW v", "DROP MATERIALIZED VIEW"},
        Unseen{"DROP EXTENSION e", "DROP EXTENSION"}, Unseen{"DROP SEQUENCE s", "DROP SEQUENCE"},
        Unseen{"TRUNCATE t CASCADE", "TRUNCATE ... CASCADE"},
        Unseen{"ALTER TABLE t DROP COLUMN a CASCADE", "DROP COLUMN ... CASCADE"},
        Unseen{"ALTER TABLE t ADD b int, ALTER a TYPE int USING 1", "ALTER COLUMN ... TYPE"},
        Unseen{"ALTER TYPE c DROP ATTRIBUTE a", "DROP ATTRIBUTE"},
        Unseen{"WITH gone AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM gone",
               "DELETE inside a query"},
        Unseen{"WITH n AS (UPDATE t SET a = 1 RETURNING a) SELECT * FROM n",
               "UPDATE inside a query"},
        Unseen{"EXPLAIN ANALYZE DELETE FROM t", "DELETE inside a query"},
        Unseen{"INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2",
               "INSERT ... ON CONFLICT"},
        Unseen{"SELECT drop_old_partitions()", "SELECT of a function"},
        // Nothing is lost, or all of it is named.
        Unseen{"DROP TABLE t", ""}, Unseen{"ALTER TABLE t DROP COLUMN a", ""},
        Unseen{"TRUNCATE t", ""}, Unseen{"DELETE FROM t", ""}, Unseen{"DROP SCHEMA s", ""},
        Unseen{"DROP TYPE e", ""}, Unseen{"DROP VIEW v", ""}, Unseen{"DROP INDEX i", ""},
        Unseen{"DROP FUNCTION f()", ""}, Unseen{"SELECT 0", ""},
        Unseen{"INSERT INTO t VALUES (now())", ""}, Unseen{"PREPARE p AS DELETE FROM t", ""},
        Unseen{"CREATE RULE r AS ON INSERT TO t DO ALSO DELETE FROM u", ""},
        Unseen{"ALTER TABLE t ALTER a SET DEFAULT now()", ""}));

struct Foreign {
  std::string sql;
  Analysis::Foreign foreign;
  std::size_t offset;
};

class AnalyseSees : public ::testing::TestWithParam<Foreign> {};

TEST_P(AnalyseSees, WhatIsNotSql) {
  const Analysis analysis = analyse(GetParam().sql);
  EXPECT_FALSE(analysis.analysed);
  EXPECT_EQ(analysis.foreign, GetParam().foreign);
  EXPECT_EQ(analysis.error_offset, GetParam().offset);
}

INSTANTIATE_TEST_SUITE_P(
    Text, AnalyseSees,
    ::testing::Values(Foreign{"CREATE TABLE a (", Analysis::Foreign::none, 16},
                      Foreign{"SELECT 1; SELECT (", Analysis::Foreign::none, 18},
                      Foreign{"\\copy t from 'x'", Analysis::Foreign::psql_command, 0},
                      Foreign{"SELECT 1;\n  \\i other.sql\n", Analysis::Foreign::psql_command, 12},
                      Foreign{"-- \xc3\xa9\n\\connect x\n", Analysis::Foreign::psql_command, 6},
                      Foreign{"COPY t (a) FROM stdin;\n1\t2\n\\.\n", Analysis::Foreign::copy_data,
                              23},
                      Foreign{"SELEC 1;", Analysis::Foreign::none, 0},
                      Foreign{"SELECT 1 \\ 2;", Analysis::Foreign::none, 9}));

struct Setting {
  std::string sql;
  SettingScope scope;
  bool runs_code = false;
};

class AnalyseSeesSettings : public ::testing::TestWithParam<Setting> {};

TEST_P(AnalyseSeesSettings, AndHowLongTheyLast) {
  const Statement statement = statement_of(GetParam().sql);
  EXPECT_EQ(statement.settings, GetParam().scope);
  EXPECT_EQ(statement.runs_code, GetParam().runs_code);
}

INSTANTIATE_TEST_SUITE_P(
    Statements, AnalyseSeesSettings,
    ::testing::Values(Setting{"SET search_path = ''", SettingScope::session},
                      Setting{"RESET ROLE", SettingScope::session},
                      Setting{"SET LOCAL ROLE other", SettingScope::transaction},
                      Setting{"SELECT pg_catalog.SET_CONFIG('a.b', '', false)",
                              SettingScope::session, true},
                      Setting{"EXECUTE prepared", SettingScope::session},
                      Setting{"DEALLOCATE ALL", SettingScope::session},
                      Setting{"DISCARD PLANS", SettingScope::session},
                      Setting{"DO $$ BEGIN NULL; END $$", SettingScope::session},
                      Setting{"CALL p()", SettingScope::session},
                      Setting{"UPDATE t SET a = 1", SettingScope::none},
                      Setting{"UPDATE t SET a = f()", SettingScope::none, true},
                      Setting{"SELECT f()", SettingScope::none, true},
                      Setting{"SELECT 1", SettingScope::none},
                      Setting{"CREATE TABLE t AS SELECT f() AS a", SettingScope::none, true},
                      Setting{"INSERT INTO t SELECT a FROM f() AS a", SettingScope::none, true},
                      Setting{"CREATE TABLE t (a date DEFAULT now())", SettingScope::none}));

TEST(Analyse, FindsWhatIsDroppedWithItsData) {
  const auto losses = [](std::string_view sql) { return statement_of(sql).losses; };
  const auto tables = losses("DROP TABLE IF EXISTS app.a, \"B c\" CASCADE");
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[0].schema, "app");
  EXPECT_EQ(tables[0].table, "a");
  EXPECT_EQ(tables[1].table, "B c");
  const auto columns = losses("ALTER TABLE t ADD COLUMN x int, DROP COLUMN y");
  ASSERT_EQ(columns.size(), 1u);
  EXPECT_EQ(columns[0].column, "y");
  EXPECT_EQ(losses("DROP SCHEMA s CASCADE")[0].kind, DataLoss::Kind::schema);
  EXPECT_EQ(losses("TRUNCATE a, b").size(), 2u);
  EXPECT_EQ(losses("DELETE FROM a")[0].kind, DataLoss::Kind::delete_rows);
  EXPECT_TRUE(losses("DROP INDEX i").empty());
}

struct NewMeaning {
  std::string sql;
  std::string new_name;
  bool sets_search_path;
};

class AnalyseSeesNewMeanings : public ::testing::TestWithParam<NewMeaning> {};

TEST_P(AnalyseSeesNewMeanings, OfNames) {
  const Statement statement = statement_of(GetParam().sql);
  EXPECT_EQ(statement.new_name, GetParam().new_name);
  EXPECT_EQ(statement.sets_search_path, GetParam().sets_search_path);
}

INSTANTIATE_TEST_SUITE_P(Statements, AnalyseSeesNewMeanings,
                         ::testing::Values(NewMeaning{"ALTER TABLE app.a RENAME TO b", "b", false},
                                           NewMeaning{"ALTER TABLE a RENAME x TO y", "y", false},
                                           NewMeaning{"ALTER SCHEMA a RENAME TO b", "b", false},
                                           NewMeaning{"ALTER TABLE a SET SCHEMA s", "a", false},
                                           NewMeaning{"ALTER TYPE a SET SCHEMA s", "", false},
                                           NewMeaning{"SET LOCAL search_path = s", "", true},
                                           NewMeaning{"SET SCHEMA 's'", "", true},
                                           NewMeaning{"RESET search_path", "", true},
                                           NewMeaning{"RESET ALL", "", true},
                                           NewMeaning{"SET lock_timeout = 1", "", false},
                                           NewMeaning{"DROP TABLE a", "", false}));

TEST(Analyse, SeesWhereATableGetsOrLosesRowsOfOthers) {
  const auto moves = [](std::string_view sql) { return statement_of(sql).moves_partitions; };
  EXPECT_TRUE(moves("ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1)"));
  EXPECT_TRUE(moves("ALTER TABLE p DETACH PARTITION c"));
  EXPECT_TRUE(moves("ALTER TABLE c ADD x int, INHERIT p"));
  EXPECT_TRUE(moves("ALTER TABLE c NO INHERIT p"));
  EXPECT_FALSE(moves("ALTER TABLE c ADD x int"));
  EXPECT_FALSE(moves("CREATE TABLE c PARTITION OF p FOR VALUES IN (1)"));
}

TEST(CheckScript, NamesTheLineInTheFile) {
  const Script script{"SELECT 1;\n\n  COMMIT;\n", "m/migration.sql", 10};
  try {
    check_script(script);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(error.reason(), "transaction_control");
    EXPECT_EQ(to_string(error.location()), "m/migration.sql:13:3");
  }
}

struct WayOut {
  const char* sql;
  int line_offset;
  const char* hint;
};

class CheckScriptHints : public ::testing::TestWithParam<WayOut> {};

TEST_P(CheckScriptHints, WhatToWriteInstead) {
  const Error error = error_of([] {
    check_script({GetParam().sql, "down.sql", GetParam().line_offset});
  });
  EXPECT_EQ(error.reason(), "not_in_transaction");
  EXPECT_EQ(error.hint(), GetParam().hint);
}

INSTANTIATE_TEST_SUITE_P(
    Statements, CheckScriptHints,
    ::testing::Values(
        WayOut{"DROP INDEX CONCURRENTLY i", 0,
               "Write it without CONCURRENTLY. Or run it by hand with psql, and write DROP INDEX "
               "IF EXISTS in its place. Then run: pcx migrate down"},
        WayOut{"ALTER TABLE t DETACH PARTITION p CONCURRENTLY", 7,
               "Write it without CONCURRENTLY. Or run it by hand with psql, and write in its place "
               "what changes nothing then, such as SELECT 1. Then run: pcx migrate down "
               "--allow-edited"},
        WayOut{"SELECT 1; VACUUM t", 0,
               "Run it by hand with psql, and write in its place what changes nothing then, such "
               "as SELECT 1. Then run: pcx migrate down"}));

TEST(CheckScript, NamesThePsqlCommand) {
  try {
    check_script({"\\i other.sql\n", "m.sql", 0});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), "psql_command");
    EXPECT_THAT(error.what(), HasSubstr("\\i"));
  }
}

TEST(CheckScript, LeavesTheServerToJudgeWhatItCannotRead) {
  EXPECT_FALSE(check_script({"MERGE INTO t USING s ON true WHEN NOT MATCHED BY SOURCE THEN DELETE;",
                             "m.sql", 0})
                   .analysed);
}

}  // namespace
}  // namespace pcx::migrate
