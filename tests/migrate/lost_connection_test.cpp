// What the migrator says when its connection is gone, and what the ledger says then.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/random.h"
#include "db/script.h"
#include "migrate/migrator.h"
#include "tests/migrate/run_locks.h"
#include "tests/migrate/support.h"
#include "tests/support/errors.h"
#include "tests/support/fake_clock.h"
#include "tests/support/postgres.h"

namespace pcx::migrate {
namespace {

using namespace testing;
using pcx::testing::error_of;
using pcx::testing::FakeClock;
using pcx::testing::Postgres;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A row for doom.bell ends the session while its COMMIT is under way.
constexpr std::string_view kDoom = R"(
CREATE SCHEMA doom;
CREATE FUNCTION doom.die() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid()); RETURN NULL; END $$;
CREATE TABLE doom.bell (n int);
CREATE CONSTRAINT TRIGGER die AFTER INSERT ON doom.bell DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION doom.die();
)";
constexpr const char* kRing = "INSERT INTO doom.bell VALUES (1);";

class LostConnection : public ::testing::Test {
 protected:
  LostConnection() { run_script(database, kDoom, "doom.sql"); }

  Ledger ledger() { return read_ledger(database, database.schema()); }
  void up(const Folder& folder) {
    const Ledger before = ledger();
    const UpPlan plan = plan_up(compare(folder, before), {}, {});
    apply(database, before, make_ready(database, before, plan), tools);
  }
  void down(const Folder& folder) {
    revert(database, make_ready(plan_down(compare(folder, ledger()), {}, {})), tools);
  }

  db::Database database{
      db::parse_target(Postgres::shared().url(Postgres::shared().fresh_database())), {}};
  FakeClock clock;
  SystemRandom random;
  Interrupt interrupt;
  std::optional<RunLocks> locks{std::in_place, database, clock, interrupt};
  Tools tools{clock, random, interrupt, [](const db::Deed&) { return std::optional<db::Query>{}; },
              [](const Migration&, std::size_t, std::size_t) {}};
};

TEST_F(LostConnection, WhileCommittingIsAsked) {
  const Error error = error_of([&] { up(folder_of({file("001", kRing)})); });
  EXPECT_EQ(error.reason(), "rolled_back");
  EXPECT_STREQ(error.what(),
               "the connection was lost while migration 001 was committed, and it is not applied");
  EXPECT_EQ(error.hint(), "Nothing of this migration was applied. Run the command again.");
  EXPECT_THAT(ledger().rows, IsEmpty());
}

TEST_F(LostConnection, WhileCommittingADownScriptIsAsked) {
  Migration migration = file("001");
  migration.down = Script{kRing, "001/down.sql"};
  const Folder folder = folder_of({migration});
  up(folder);
  const Error error = error_of([&] { down(folder); });
  EXPECT_EQ(error.reason(), "rolled_back");
  EXPECT_STREQ(error.what(),
               "the connection was lost while migration 001 was committed, and it is not reverted");
}

TEST_F(LostConnection, BetweenTwoMigrationsNamesTheOneThatWasNotBegun) {
  db::Database admin{db::parse_target(Postgres::shared().url("postgres")), {}};
  tools.on_step = [&](const Migration&, std::size_t number, std::size_t) {
    if (number < 2) return;
    admin.query({"test.terminate", "SELECT pg_terminate_backend($1, 10000)"},
                {database.backend_pid()});
  };
  const Error error = error_of([&] {
    up(folder_of({file("001", "CREATE TABLE a ();"), file("002", "CREATE TABLE b ();")}));
  });
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_THAT(error.what(), HasSubstr("migration 002 failed: begin: "));
  EXPECT_THAT(error.hint(),
              HasSubstr("Nothing of this migration was applied; 1 migration before it was."));
}

}  // namespace
}  // namespace pcx::migrate
