// The deed, on a real server.
#include "migrate/migrator.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "db/query.h"
#include "migrate/history.h"
#include "migrate/resolve.h"
#include "tests/migrate/on_a_server.h"
#include "tests/support/errors.h"

namespace pcx::migrate {
namespace {

using namespace testing;
using pcx::testing::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Migrator : public OnAServer {};

TEST_F(Migrator, AppliesEachFileWithItsRow) {
  const Folder folder =
      folder_of({file("001", "CREATE TABLE a (id int);"),
                 file("002", "CREATE TABLE b (id int); INSERT INTO b VALUES (1);")});

  const Report report = up(folder);

  EXPECT_EQ(report.steps.size(), 2u);
  EXPECT_TRUE(has_table("a") && has_table("b"));
  const auto rows = ledger().rows;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].name, "001");
  EXPECT_EQ(rows[0].checksum, folder.migrations[0].checksum);
  EXPECT_EQ(rows[0].applied_steps_count, 1);
  EXPECT_EQ(rows[0].logs, std::nullopt);
  EXPECT_TRUE(rows[0].finished_at.has_value());
  EXPECT_THAT(deeds, ElementsAre("migrate.up 001", "migrate.up 002"));
  EXPECT_THAT(up(folder).steps, IsEmpty());
}

TEST_F(Migrator, MakesTheLedgerExactlyAsPrismaDoes) {
  up(folder_of({file("001")}));
  db::Query query{"test.columns"};
  query.sql(R"(
SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod),
                            CASE WHEN attnotnull THEN 'NOT NULL' END,
                            pg_get_expr(adbin, adrelid)), ', ' ORDER BY attnum) AS columns
  FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
 WHERE attrelid = 'public._prisma_migrations'::regclass AND attnum > 0)");
  EXPECT_EQ(database.query(query).one()["columns"].as<std::string>(),
            "id character varying(36) NOT NULL, checksum character varying(64) NOT NULL, "
            "finished_at timestamp with time zone, "
            "migration_name character varying(255) NOT NULL, logs text, "
            "rolled_back_at timestamp with time zone, "
            "started_at timestamp with time zone NOT NULL now(), "
            "applied_steps_count integer NOT NULL 0");
}

TEST_F(Migrator, LeavesNothingOfAFailedFileAndKeepsTheOnesBefore) {
  const Folder folder =
      folder_of({file("001", "CREATE TABLE a (id int);"),
                 file("002", "CREATE TABLE b (id int);\n\nALTER TABLE b ADD COLUM x int;\n"),
                 file("003", "CREATE TABLE c (id int);")});
  try {
    up(folder);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_THAT(error.what(), HasSubstr("migration 002 failed: syntax error at or near"));
    EXPECT_EQ(to_string(error.location()), "002/migration.sql:3:27");
    EXPECT_THAT(error.hint(), HasSubstr("1 migration before it was"));
  }
  EXPECT_TRUE(has_table("a"));
  EXPECT_FALSE(has_table("b") || has_table("c"));
  EXPECT_EQ(ledger().rows.size(), 1u);
}

TEST_F(Migrator, ReadsEveryFileBeforeTheFirstRuns) {
  const Folder folder =
      folder_of({file("001", "CREATE TABLE a (id int);"), file("002", "\\i other.sql\n")});
  EXPECT_THROW(up(folder), Error);
  EXPECT_FALSE(has_table("a"));
  EXPECT_FALSE(ledger().exists);
}

TEST_F(Migrator, RefusesASchemaThatIsNotEmptyAndHasNoLedger) {
  run("CREATE TABLE public.theirs (id int)");
  try {
    up(folder_of({file("001")}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::conflict);
    EXPECT_EQ(error.reason(), "not_empty");
    EXPECT_THAT(error.detail(), HasSubstr("theirs"));
  }
  EXPECT_FALSE(ledger().exists);
}

TEST_F(Migrator, RefusesAnEmptyFileOnlyWhileItIsPending) {
  const Folder folder = folder_of({file("001", "CREATE TABLE a (id int);"), file("002", " \n\t")});
  try {
    up(folder);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), "empty");
  }
  EXPECT_FALSE(has_table("a"));

  const Ledger before = ledger();
  mark_applied(database, before, plan_baseline(compare(folder, before), "002"), tools);
  EXPECT_EQ(up(folder).steps.size(), 0u);
}

TEST_F(Migrator, CallsASchemaWithoutTablesEmptyAsPrismaDoes) {
  run("CREATE VIEW public.theirs AS SELECT 1 AS one");
  run("CREATE MATERIALIZED VIEW public.theirs_too AS SELECT 1 AS one");
  run("CREATE TYPE public.mood AS ENUM ('ok')");
  up(folder_of({file("001")}));
  EXPECT_EQ(ledger().rows.size(), 1u);
}

TEST_F(Migrator, RecordsNothingInAnotherTransactionThanTheScripts) {
  up(folder_of({file("001", "CREATE TABLE a (id int);")}));
  db::Transaction tx = database.begin_for_script("public");
  run_script(tx, "ROLLBACK; BEGIN;", "escape.sql");
  EXPECT_THROW(tx.commit_after({insert_applied("public", applied("002"), tx.id())}), Error);
  tx.rollback();
  EXPECT_EQ(ledger().rows.size(), 1u);
}

// Only with the server's own word is it known what became of a script that pcx could not read. The
// server runs a newer grammar than pcx's only where there is one, so the analysis is made up.
class UnreadScript : public Migrator {
 protected:
  static inline const Analysis kUnread{.parse_error = "syntax error"};

  Error up_error(const std::string& sql) {
    const Folder folder = folder_of({file("001", sql)});
    const Ledger before = ledger();
    const ReadyUp ready{plan_up(compare(folder, before), {}, {}), {kUnread}, {Stepped{}}};
    return error_of([&] { apply(database, before, ready, tools); });
  }

  Error down_error(const std::string& sql) {
    const Folder folder = folder_of({with_down("001", "CREATE TABLE a ();", sql)});
    up(folder);
    const ReadyDown ready{plan_down(compare(folder, ledger()), {}, {}), {kUnread}};
    return error_of([&] { revert(database, ready, tools); });
  }
};

TEST_F(UnreadScript, LeavesAFailedRowWhenAPartIsCommitted) {
  const char* const scripts[] = {
      "CREATE TABLE a (); COMMIT;",
      "CREATE TABLE a (); COMMIT; BEGIN READ ONLY;",
      "CREATE TABLE a (); COMMIT; BEGIN;\nSELECT 1/0;",
      "SET default_transaction_read_only = on; CREATE TABLE a (); COMMIT; SELECT 1/0;",
      "ROLLBACK; BEGIN; CREATE TABLE public.a (); COMMIT; BEGIN; SELECT 1/0;",
  };
  for (const std::string script : scripts) {
    const Error error = up_error(script);
    EXPECT_EQ(error.reason(), "transaction_ended") << script;
    EXPECT_EQ(error.code(), ErrorCode::critical) << script;
    EXPECT_THAT(error.hint(), HasSubstr("A part of it may be applied")) << script;
    EXPECT_TRUE(has_table("a")) << script;
    ASSERT_EQ(ledger().rows.size(), 1u) << script;
    EXPECT_TRUE(ledger().rows[0].is_failed()) << script;
    EXPECT_EQ(ledger().rows[0].applied_steps_count, 0) << script;
    run("DROP TABLE public.a; DELETE FROM public._prisma_migrations");
  }
}

TEST_F(UnreadScript, TellsWhatFailedAfterTheCommit) {
  const Error error = up_error("COMMIT; BEGIN;\nSELECT nothing;");
  EXPECT_STREQ(error.what(),
               "migration 001 ended the transaction in which pcx ran it, then it failed: column "
               "\"nothing\" does not exist");
  EXPECT_EQ(to_string(error.location()), "001/migration.sql:2:8");
  EXPECT_EQ(error.sqlstate(), "42703");
  EXPECT_THAT(*ledger().rows[0].logs, HasSubstr("then it failed: column \"nothing\""));
}

TEST_F(UnreadScript, SaysWhenTheFailedRowCouldNotBeWritten) {
  const Error error = up_error("DROP TABLE _prisma_migrations; COMMIT; SELECT 1/0;");
  EXPECT_THAT(error.hint(), HasSubstr("it could not be written (migrate.insert_row: relation"));
}

TEST_F(UnreadScript, DoesNotPromiseWhatALostConnectionKnew) {
  const Error error =
      up_error("SELECT pg_sleep(0); SELECT pg_terminate_backend(pg_backend_pid());");
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_THAT(error.hint(), HasSubstr("Whether a part of this migration was applied is not known"));
}

TEST_F(UnreadScript, LeavesNothingWhenNothingIsCommitted) {
  const Error error = up_error("SAVEPOINT b; ROLLBACK TO b; CREATE TABLE a (); SELECT 1/0;");
  EXPECT_THAT(error.hint(), HasSubstr("Nothing of this migration was applied"));
  EXPECT_FALSE(has_table("a"));
  EXPECT_THAT(ledger().rows, IsEmpty());
}

TEST_F(UnreadScript, SaysThatADownIsHalfDone) {
  const Error error = down_error("DROP TABLE a; COMMIT; SELECT 1/0;");
  EXPECT_EQ(error.reason(), "transaction_ended");
  EXPECT_THAT(error.hint(), HasSubstr("A part of it may be done"));
  EXPECT_FALSE(has_table("a"));
  EXPECT_TRUE(ledger().rows[0].is_applied());
}

TEST_F(Migrator, TellsADeferredConstraintAsTheMigrationsFailure) {
  const Folder folder = folder_of(
      {file("001",
            "CREATE TABLE a (id int PRIMARY KEY, other int REFERENCES a DEFERRABLE INITIALLY "
            "DEFERRED); INSERT INTO a VALUES (1, 2);")});
  try {
    up(folder);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("migration 001 failed"));
    EXPECT_THAT(error.detail(), HasSubstr("Key (other) is not present"));
  }
  EXPECT_THAT(ledger().rows, IsEmpty());
}

TEST_F(Migrator, TellsADeferredConstraintAsTheDownScriptsFailure) {
  const Folder folder = folder_of(
      {with_down("001",
                 "CREATE TABLE a (id int PRIMARY KEY, other int REFERENCES a DEFERRABLE INITIALLY "
                 "DEFERRED); INSERT INTO a VALUES (1, 1);",
                 "UPDATE a SET other = 2;")});
  up(folder);
  const Error error = error_of([&] { down(folder); });
  EXPECT_STREQ(error.what(),
               "reverting migration 001 failed: commit: insert or update on table \"a\" violates "
               "foreign key constraint \"a_other_fkey\"");
  EXPECT_THAT(error.hint(), HasSubstr("Nothing of this migration was reverted"));
  EXPECT_TRUE(ledger().rows[0].is_applied());
}

// It must not be taken for the ledger's own 23502, which says that the transaction was left.
TEST_F(Migrator, RecordsNothingForADeferredTriggerThatRefuses) {
  const Folder folder = folder_of(
      {file("001",
            "CREATE TABLE a (id int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'no' USING ERRCODE = 'not_null_violation'; END $$; CREATE CONSTRAINT "
            "TRIGGER t AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
            "FUNCTION f(); INSERT INTO a VALUES (1);")});
  try {
    up(folder);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "migration 001 failed: commit: no");
  }
  EXPECT_THAT(ledger().rows, IsEmpty());
}

TEST_F(Migrator, RunsInTheSchemaOfTheUrl) {
  db::Database other{db::parse_target(Postgres::shared().url(Postgres::shared().fresh_database()) +
                                      "&schema=clinic"),
                     {}};
  const RunLocks others{other, clock, interrupt};
  const Folder folder = folder_of({file("001", "CREATE TABLE a (id int);")});
  const Ledger before = read_ledger(other, other.schema());
  apply(other, before, make_ready(other, before, plan_up(compare(folder, before), {}, {})), tools);
  db::Query query{"test.schema"};
  query.sql("SELECT to_regclass('clinic.a') IS NOT NULL AS found");
  EXPECT_TRUE(other.query(query).one()["found"].as<bool>());
}

TEST_F(Migrator, DoesNotLetSettingsLeakIntoTheNextFile) {
  const Folder folder =
      folder_of({file("001", "SELECT set_config('search_path', '', false); SET work_mem = '99MB';"),
                 file("002", "CREATE TABLE a AS SELECT current_setting('work_mem') AS setting;")});
  up(folder);
  db::Query query{"test.setting"};
  query.sql("SELECT setting FROM public.a");
  EXPECT_NE(database.query(query).one()["setting"].as<std::string>(), "99MB");
}

TEST_F(Migrator, SurvivesScriptsThatDeallocateItsStatements) {
  up(folder_of({file("001"), file("002", "DEALLOCATE ALL"), file("003"),
                file("004", "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"), file("005")}));
  EXPECT_EQ(ledger().rows.size(), 5u);
}

TEST_F(Migrator, StopsBetweenFilesWhenAsked) {
  const Folder folder = folder_of({file("001"), file("002")});
  tools.journal = [this](const db::Deed&) {
    interrupt.request(Interrupt::Signal::interrupt);
    return std::optional<db::Query>{};
  };
  const Report report = up(folder);
  EXPECT_TRUE(report.stopped_early);
  EXPECT_EQ(report.steps.size(), 1u);
  EXPECT_EQ(ledger().rows.size(), 1u);
}

TEST_F(Migrator, RevertsAndAppliesAgain) {
  const Folder folder = folder_of({with_down("001", "CREATE TABLE a (id int);", "DROP TABLE a;")});
  up(folder);

  EXPECT_EQ(down(folder).steps.size(), 1u);

  EXPECT_FALSE(has_table("a"));
  ASSERT_EQ(ledger().rows.size(), 1u);
  EXPECT_TRUE(ledger().rows[0].finished_at.has_value());
  EXPECT_TRUE(ledger().rows[0].rolled_back_at.has_value());
  clock.advance(std::chrono::seconds{1});
  up(folder);
  EXPECT_TRUE(has_table("a"));
  EXPECT_EQ(ledger().rows.size(), 2u);
}

TEST_F(Migrator, RevertsEveryAppliedRowOfAName) {
  const Folder folder = folder_of({with_down("001", "CREATE TABLE a (id int);", "DROP TABLE a;")});
  up(folder);
  db::Transaction tx = database.begin();
  insert_row(tx, "public", applied("001", "CREATE TABLE a (id int);"));
  tx.commit();
  deeds.clear();
  down(folder);
  EXPECT_EQ(compare(folder, ledger())[0].state, State::pending);
  EXPECT_THAT(deeds, ElementsAre("migrate.down 001", "migrate.down 001"));
}

TEST_F(Migrator, LeavesTheRowAppliedWhenADownScriptFails) {
  const Folder folder =
      folder_of({with_down("001", "CREATE TABLE a (id int);", "DROP TABLE a;\nDROP TABLE b;")});
  up(folder);
  EXPECT_THROW(down(folder), Error);
  EXPECT_TRUE(has_table("a"));
  EXPECT_TRUE(ledger().rows[0].is_applied());
}

TEST_F(Migrator, RefusesADownScriptWithoutAStatement) {
  const Folder folder = folder_of({with_down("001", "CREATE TABLE a (id int);", "-- later\n")});
  up(folder);
  try {
    down(folder);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason(), "no_down");
  }
}

TEST_F(Migrator, MarksABaselineAsPrismaDoes) {
  run("CREATE TABLE public.a (id int)");
  const Folder folder = folder_of({file("001"), file("002"), file("003")});
  const Ledger before = ledger();
  mark_applied(database, before, plan_baseline(compare(folder, before), "002"), tools);
  const auto rows = ledger().rows;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].applied_steps_count, 0);
  EXPECT_EQ(rows[0].logs, "");
  EXPECT_EQ(rows[0].started_at, *rows[0].finished_at);
  EXPECT_EQ(up(folder).steps.size(), 1u);
}

TEST_F(Migrator, ResolvesAFailedMigrationEitherWay) {
  const Folder folder = folder_of({file("001"), file("002")});
  db::Transaction tx = database.begin();
  create_ledger(tx, "public");
  insert_row(tx, "public", failed("001"));
  tx.commit();
  EXPECT_THROW(up(folder), Error);

  mark_failed_rolled_back(database, ledger(), "001", tools);
  const auto rolled_back_at = ledger().rows[0].rolled_back_at;
  EXPECT_TRUE(rolled_back_at.has_value());
  mark_failed_rolled_back(database, ledger(), "001", tools);
  EXPECT_EQ(ledger().rows[0].rolled_back_at, rolled_back_at);
  EXPECT_EQ(up(folder, {.steps = 1}).steps.size(), 1u);
  EXPECT_THROW(mark_failed_rolled_back(database, ledger(), "nothing", tools), Error);

  LedgerRow broken = failed("002");
  db::Transaction second = database.begin();
  insert_row(second, "public", broken);
  second.commit();
  const Ledger before = ledger();
  mark_applied(database, before, plan_resolve(compare(folder, before), "002"), tools);
  EXPECT_EQ(compare(folder, ledger())[1].state, State::applied);
  EXPECT_THROW(plan_resolve(compare(folder, ledger()), "002"), Error);
}

TEST_F(Migrator, ResolvesNothingThatIsNotThere) {
  const Folder folder = folder_of({file("001")});
  up(folder);
  EXPECT_THROW(mark_failed_rolled_back(database, ledger(), "001", tools), Error);
  EXPECT_THROW(plan_resolve(compare(folder, ledger()), "002"), Error);
}

TEST_F(Migrator, TellsTheHistory) {
  const Folder folder = folder_of({with_down("001", "CREATE TABLE a (id int);", "DROP TABLE a;")});
  up(folder);
  clock.advance(std::chrono::seconds{5});
  down(folder);
  std::vector<std::string> kinds;
  for (const auto& event : read_history(database, "public", 0)) kinds.push_back(event.kind);
  EXPECT_THAT(kinds, ElementsAre("applied", "rolled_back"));
  EXPECT_EQ(read_history(database, "public", 1).size(), 1u);
}

}  // namespace
}  // namespace pcx::migrate
