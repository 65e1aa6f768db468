// What a script cannot take from the run: who it is, how it writes, and its locks.
#include "migrate/ourselves.h"

#include <gmock/gmock.h>

#include "db/schema.h"
#include "tests/migrate/on_a_server.h"
#include "tests/support/errors.h"

namespace pcx::migrate {
namespace {

using namespace testing;
using pcx::testing::error_of;

class AsOurselves : public OnAServer {};

// A role that may make tables and no more: not read the ledger, not write it.
TEST_F(AsOurselves, WritesItsRowsAsTheRoleThatConnected) {
  run("DROP ROLE IF EXISTS pcx_test_builder; CREATE ROLE pcx_test_builder;"
      "GRANT CREATE ON SCHEMA public TO pcx_test_builder");
  const char* const ways[] = {"SET LOCAL ROLE pcx_test_builder;",
                              "SET ROLE pcx_test_builder;",
                              "SET SESSION AUTHORIZATION pcx_test_builder;",
                              "SELECT SET_CONFIG('role', 'pcx_test_builder', false);",
                              "SELECT public.become();",
                              "INSERT INTO app.who_asks DEFAULT VALUES;"};
  run("CREATE FUNCTION public.become() RETURNS int LANGUAGE plpgsql AS "
      "$$ BEGIN SET ROLE pcx_test_builder; RETURN 1; END $$;"
      "CREATE SCHEMA app; CREATE TABLE app.who_asks (x int DEFAULT public.become())");
  for (const std::string way : ways) {
    const Folder folder =
        folder_of({with_down("001", way + "CREATE TABLE a ();", way + "DROP TABLE a;"),
                   with_down("002", "CREATE TABLE b ();", "DROP TABLE b;")});
    EXPECT_EQ(up(folder).steps.size(), 2u) << way;
    EXPECT_EQ(down(folder, {.steps = 2}).steps.size(), 2u) << way;
    EXPECT_FALSE(has_table("a") || has_table("b")) << way;
  }
  run("DROP OWNED BY pcx_test_builder; DROP ROLE pcx_test_builder");
}

TEST_F(AsOurselves, WritesItsRowsInUtf8) {
  const Folder folder =
      folder_of({file("001_\u00fcberweisung", "SET client_encoding = 'LATIN1'; CREATE TABLE a ();"),
                 file("002_\u00fcberweisung", "SET LOCAL client_encoding = 'LATIN1'"),
                 file("003_\u00fcberweisung")});
  up(folder);
  const auto rows = ledger().rows;
  ASSERT_EQ(rows.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(rows[i].name, folder.migrations[i].name);
}

TEST_F(AsOurselves, KeepsItsLocksWhateverAScriptReleases) {
  const std::string count =
      "CREATE TABLE a AS SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND pid = "
      "pg_backend_pid()";
  const char* const ways[] = {"SELECT pg_advisory_unlock_all();",
                              "SELECT pg_advisory_unlock(72707369);",
                              "DO $$ BEGIN PERFORM pg_advisory_unlock_all(); END $$;",
                              "SELECT pg_advisory_lock(72707369);", ""};
  db::Database rival{db::parse_target(url), {}};
  const auto is_held = [&](const db::AdvisoryKey& key) {
    return db::find_lock_holder(rival, key).has_value();
  };
  for (const std::string way : ways) {
    const Folder folder = folder_of({with_down("001", way + count, way + "DROP TABLE a"),
                                     with_down("002", "SELECT 1", "SELECT 2")});
    EXPECT_EQ(up(folder).steps.size(), 2u) << way;
    const auto held = database.query({"test.held", "SELECT n FROM public.a"});
    EXPECT_EQ(held.one()["n"].as<int>(), 2) << way;
    EXPECT_EQ(down(folder, {.steps = 2}).steps.size(), 2u) << way;
    EXPECT_TRUE(is_held(kPcxLock) && is_held(kPrismaLock)) << way;
  }
  run("SELECT pg_advisory_unlock(72707369), pg_advisory_unlock(72707369)");  // the script's own two
  locks.reset();
  EXPECT_FALSE(is_held(kPcxLock) || is_held(kPrismaLock));
}

TEST_F(AsOurselves, KeepsItsLockBetweenSteps) {
  db::upgrade_schema(database);
  run("CREATE PROCEDURE public.release() LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM pg_advisory_unlock_all(); END $$");
  db::Database rival{db::parse_target(url), {}};
  up(folder_of({file("001",
                     "CREATE TABLE a (x int); SELECT pg_advisory_unlock_all(); CREATE INDEX "
                     "CONCURRENTLY i ON a (x);")}));
  EXPECT_TRUE(db::find_lock_holder(rival, kPcxLock).has_value());
  const Folder folder =
      folder_of({file("001"), file("002", "-- pcx:no-transaction\nCALL public.release();")});
  const Error error = error_of([&] {
    const Ledger before = ledger();
    apply(database, before,
          make_ready(database, before, plan_up(compare(folder, before), {}, {.edited = true})),
          tools);
  });
  EXPECT_EQ(error.reason(), "lock_lost");
}

// A deferred trigger runs behind everything that pcx can do in the transaction.
TEST_F(AsOurselves, StopsWhenALockWasReleasedByACommit) {
  const Folder folder = folder_of(
      {file("001",
            "CREATE TABLE a (); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_advisory_unlock_all(); RETURN NULL; END $$; CREATE CONSTRAINT "
            "TRIGGER t AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
            "FUNCTION f(); INSERT INTO a DEFAULT VALUES;"),
       file("002")});
  const Error error = error_of([&] { up(folder); });
  EXPECT_EQ(error.reason(), "lock_lost");
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_EQ(ledger().rows.size(), 1u);
}

}  // namespace
}  // namespace pcx::migrate
