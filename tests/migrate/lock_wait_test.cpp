// Migrations whose tables somebody else has locked.
#include "migrate/lock_wait.h"

#include <thread>

#include <gmock/gmock.h>

#include "db/query.h"
#include "db/script.h"
#include "migrate/migrator.h"
#include "tests/migrate/run_locks.h"
#include "tests/migrate/support.h"
#include "tests/support/errors.h"
#include "tests/support/postgres.h"

namespace pcx::migrate {
namespace {

using namespace testing;
using pcx::testing::error_of;
using pcx::testing::Postgres;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LockedTable : public ::testing::Test {
 protected:
  LockedTable() {
    db::run_script(database, "CREATE TABLE public.a (n int); INSERT INTO public.a VALUES (1)", "t");
    tools.on_wait = [this](const Waiting& waiting) {
      seen.push_back(waiting);
      if (seen.size() == 2 && gives_way) reading.reset();
    };
    read();
  }

  // A reader of the table, until reading.reset().
  void read() {
    reading.emplace(reader.begin());
    db::run_script(*reading, "SELECT n FROM public.a", "t");
  }

  db::Database connect(const std::string& application) {
    return {db::parse_target(Postgres::shared().url(name)), {.application_name = application}};
  }

  // What `up` does with the one migration of the folder, in a database that has tables already.
  Report up(const Folder& files) {
    Ledger ledger = read_ledger(database, "public");
    const UpPlan plan = plan_up(compare(files, ledger), {}, {});
    return apply(database, ledger, {plan, {analyse(plan.steps[0]->up.text)}, {Stepped{}}}, tools);
  }
  Report up() { return up(folder); }
  Report up(const std::string& sql) { return up(folder_of({file("001", sql)})); }

  // One value of the first row.
  std::string value(const std::string& sql) {
    return db::run_read_only(database, "SELECT (" + sql + ") AS value", "test",
                             std::chrono::seconds{10}, 1)
        .one()["value"]
        .as<std::string>();
  }

  int columns_of_a() {
    db::Query query{"test.columns"};
    query.sql(
        "SELECT count(*)::int AS n FROM pg_attribute WHERE attrelid = 'public.a'::regclass"
        " AND attnum > 0");
    return database.query(query).one()["n"].as<int>();
  }

  static void wait_until(db::Database& watcher, const std::string& condition) {
    for (int tries = 0; tries < 2'000; ++tries) {
      const auto rows = db::run_read_only(watcher, "SELECT " + condition + " AS value", "test",
                                          std::chrono::seconds{10}, 1);
      if (rows.one()["value"].as<bool>()) return;
      std::this_thread::sleep_for(milliseconds{5});
    }
    ADD_FAILURE() << "waited in vain until " << condition;
  }

  std::string name = Postgres::shared().fresh_database();
  db::Database database = connect("pcx migrate up");
  db::Database reader = connect("report job");
  std::optional<db::Transaction> reading;
  std::vector<Waiting> seen;
  bool gives_way = true;
  SystemClock clock;
  SeededRandom random{1};
  Interrupt interrupt;
  std::optional<RunLocks> locks{std::in_place, database, clock, interrupt};
  Tools tools{clock, random, interrupt, [](const db::Deed&) { return std::optional<db::Query>{}; },
              [](const Migration&, std::size_t, std::size_t) {}};
  const Folder folder = folder_of({file("001", "ALTER TABLE a ADD COLUMN t text;")});
};

TEST_F(LockedTable, IsChangedOnceItsReaderIsGone) {
  tools.patience.pause = milliseconds{10};
  EXPECT_THAT(up().steps, SizeIs(1));
  EXPECT_EQ(columns_of_a(), 2);
  ASSERT_THAT(seen, SizeIs(3));
  EXPECT_TRUE(seen[2].is_over);
  EXPECT_EQ(seen[2].tries, 3);
  ASSERT_THAT(seen[0].holders, SizeIs(1));
  EXPECT_EQ(seen[0].holders[0].pid, reader.backend_pid());
  EXPECT_THAT(describe(seen[0].holders[0]),
              HasSubstr("\"report job\", role postgres, idle in transaction for"));
  EXPECT_THAT(describe(seen[0].holders[0]), HasSubstr("holds ACCESS SHARE on public.a"));
  EXPECT_THAT(read_ledger(database, "public").rows, SizeIs(1));
}

TEST_F(LockedTable, IsTriedAgainAfterTheScriptDeallocatedWhatIsPrepared) {
  tools.patience.pause = milliseconds{10};
  tools.on_wait = [this](const Waiting&) { reading.reset(); };
  up("DEALLOCATE ALL; ALTER TABLE a ADD COLUMN t text;");
  EXPECT_EQ(columns_of_a(), 2);
}

TEST_F(LockedTable, IsLeftAloneAtTheDeadline) {
  gives_way = false;
  tools.patience.pause = milliseconds{10};
  tools.patience.deadline = milliseconds{600};
  const Error error = error_of([&] { up(); });
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_EQ(error.location().line, 1);
  EXPECT_EQ(error.reason(), "lock_deadline");
  EXPECT_THAT(error.what(), HasSubstr("migration 001 failed: it did not get its locks within"));
  EXPECT_THAT(error.what(), HasSubstr("report job"));
  EXPECT_THAT(error.hint(), HasSubstr("Nothing of this migration was applied"));
  EXPECT_GE(seen.size(), 2u);
  EXPECT_EQ(columns_of_a(), 1);
  EXPECT_THAT(read_ledger(database, "public").rows, SizeIs(0));
}

// Row locks are shown to nobody; whoever changes rows of the table may hold one.
TEST_F(LockedTable, NamesWhoMayHaveLockedRows) {
  reading.reset();
  reading.emplace(reader.begin());
  db::run_script(*reading, "UPDATE public.a SET n = 2", "t");
  tools.patience.pause = milliseconds{10};
  up("UPDATE a SET n = 3;");
  ASSERT_FALSE(seen.empty());
  ASSERT_THAT(seen[0].holders, SizeIs(1));
  EXPECT_EQ(seen[0].holders[0].pid, reader.backend_pid());
  EXPECT_EQ(seen[0].holders[0].mode, LockMode::row_exclusive);
}

TEST_F(LockedTable, SaysSoWhenNobodyIsToBeSeen) {
  gives_way = false;
  tools.patience.deadline = milliseconds{0};
  reading->query({"test.lock", "SELECT pg_advisory_xact_lock(7)"});
  const Error error = error_of([&] { up("SELECT pg_advisory_xact_lock(7);"); });
  EXPECT_STREQ(error.what(),
               "migration 001 failed: it did not get its locks at the first try: who was in the "
               "way is not to be seen now");
  EXPECT_THAT(error.hint(), HasSubstr("Look at pg_locks while it waits, or allow more time"));
}

// The work before the lock that is missing is done once, then the lock comes first.
TEST_F(LockedTable, IsLockedFirstFromTheSecondTryOn) {
  db::run_script(database, "CREATE SEQUENCE public.worked", "t");
  tools.patience.pause = milliseconds{10};
  EXPECT_THAT(up("SELECT nextval('worked'); ALTER TABLE a ADD COLUMN t text;").steps, SizeIs(1));
  EXPECT_EQ(seen.back().tries, 3);
  EXPECT_EQ(value("SELECT last_value::text FROM public.worked"), "2");
}

TEST_F(LockedTable, IsLockedFirstWhenTheScriptLiftsTheLimit) {
  db::run_script(database, "CREATE SEQUENCE public.worked", "t");
  tools.patience.pause = milliseconds{10};
  up("SET lock_timeout = 0; SELECT nextval('worked'); ALTER TABLE a ADD COLUMN t text;");
  EXPECT_EQ(seen.back().tries, 3);
  EXPECT_EQ(value("SELECT last_value::text FROM public.worked"), "1");
}

// A role may make foreign keys to a table that it may not lock by itself.
TEST_F(LockedTable, IsNotLockedFirstByARoleThatMayNot) {
  reading.reset();
  const std::string role = "owner_of_" + name;
  db::run_script(database,
                 "CREATE TABLE public.parent (id int PRIMARY KEY); CREATE ROLE " + role +
                     " LOGIN; GRANT REFERENCES ON public.parent TO " + role +
                     "; GRANT CREATE ON SCHEMA public TO " + role +
                     "; ALTER TABLE public.a OWNER TO " + role,
                 "t");
  up(folder_of({file("000")}));  // makes the ledger
  db::run_script(database, "GRANT ALL ON public._prisma_migrations TO " + role, "t");
  db::Database as_role{db::parse_target(Postgres::shared().url(name, role)), {}};
  locks.reset();
  std::swap(database, as_role);
  locks.emplace(database, clock, interrupt);
  read();
  tools.patience.pause = milliseconds{10};
  const Folder both =
      folder_of({file("000"), file("001",
                                   "CREATE TABLE child (p int REFERENCES parent (id)); "
                                   "ALTER TABLE a ADD COLUMN t text;")});
  EXPECT_THAT(up(both).steps, SizeIs(1));
  EXPECT_EQ(seen.back().tries, 3);
}

// The server chooses the migration, since it looks first; then its script runs again, whole.
TEST_F(LockedTable, IsChangedAfterADeadlock) {
  reading.reset();
  db::run_script(database, "CREATE TABLE public.b (); CREATE SEQUENCE public.tries", "t");
  tools.patience = {.first_timeout = std::chrono::seconds{20}, .pause = milliseconds{10}};
  reading.emplace(reader.begin());
  db::run_script(*reading, "LOCK TABLE public.b", "t");
  db::Database watcher = connect("watcher");
  const std::jthread rival{[&] {
    wait_until(watcher,
               "EXISTS (SELECT FROM pg_locks WHERE relation = 'public.a'::regclass AND"
               " mode = 'AccessExclusiveLock')");
    db::run_script(*reading, "LOCK TABLE public.a", "t");
    reading->commit();
  }};
  up("SET LOCAL deadlock_timeout = '20ms'; ALTER TABLE a ADD COLUMN t text; DO $$ BEGIN "
     "IF nextval('tries') = 1 THEN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND"
     " relation = 'a'::regclass) LOOP PERFORM pg_sleep(0.01); END LOOP; END IF; END $$; "
     "ALTER TABLE b ADD COLUMN t text;");
  EXPECT_EQ(value("SELECT last_value::text FROM public.tries"), "2");
  EXPECT_EQ(columns_of_a(), 2);
}

TEST_F(LockedTable, StopsADownScriptInTheSameWay) {
  reading.reset();
  Migration migration = file("001", "ALTER TABLE a ADD COLUMN t text;");
  migration.down = Script{"\n\nALTER TABLE a DROP COLUMN t;", "001/down.sql", 7};
  const Folder two_ways = folder_of({migration});
  up(two_ways);
  read();
  const auto down = [&] {
    return revert(database,
                  make_ready(plan_down(compare(two_ways, read_ledger(database, "public")), {}, {})),
                  tools);
  };
  tools.patience.deadline = milliseconds{0};
  const Error error = error_of([&] { down(); });
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_EQ(error.reason(), "lock_deadline");
  EXPECT_EQ(error.location().line, 10);
  EXPECT_THAT(error.what(), HasSubstr("reverting migration 001 failed: it did not get its locks"));
  EXPECT_THAT(error.hint(), HasSubstr("Nothing of this migration was reverted."));
  EXPECT_EQ(columns_of_a(), 2);
  tools.patience = {.pause = milliseconds{10}};
  EXPECT_THAT(down().steps, SizeIs(1));
  EXPECT_TRUE(seen.back().is_over);
  EXPECT_TRUE(read_ledger(database, "public").rows[0].rolled_back_at.has_value());
}

// A script that pcx could not read may end its transaction. What is done stays, so it must not run
// again.
TEST_F(LockedTable, IsNotTriedAgainAfterACommitOfTheScript) {
  const Folder committing =
      folder_of({file("001",
                      "CREATE TABLE half (); SET lock_timeout = '20ms'; COMMIT;"
                      "ALTER TABLE public.a ADD COLUMN t text;")});
  const UpPlan plan = plan_up(compare(committing, {}), {}, {});
  const Error error = error_of([&] {
    apply(database, {}, {plan, {Analysis{}}, {Stepped{}}}, tools);
  });
  EXPECT_EQ(error.code(), ErrorCode::critical);
  EXPECT_EQ(error.reason(), "transaction_ended");
  EXPECT_EQ(error.sqlstate(), "55P03");
  EXPECT_THAT(seen, IsEmpty());
}

// The rows of ledger and journal do not suffer from what a script has set.
TEST_F(LockedTable, LimitOfTheScriptIsItsOwnAffair) {
  reading.reset();
  tools.journal = [](const db::Deed&) {
    return std::optional{db::Query{"test.journal"}.sql(
        "INSERT INTO public.limits SELECT current_setting('lock_timeout')")};
  };
  up("CREATE TABLE limits AS SELECT '' AS text; SET lock_timeout = '1ms';");
  EXPECT_EQ(value("SELECT max(text) FROM public.limits"), "100ms");
}

TEST_F(LockedTable, LimitOfTheDatabaseCountsWhenItIsStricter) {
  reading.reset();
  const std::string show = "CREATE TABLE limits AS SELECT current_setting('lock_timeout') AS text;";
  db::run_script(database, "ALTER DATABASE " + name + " SET lock_timeout = '40ms'", "t");
  locks.reset();
  database = connect("pcx migrate up");
  locks.emplace(database, clock, interrupt);
  up(show);
  EXPECT_EQ(value("SELECT text FROM public.limits"), "40ms");
}

TEST_F(LockedTable, DoesNotKeepAStopWaiting) {
  gives_way = false;
  tools.on_wait = [this](const Waiting&) { interrupt.request(Interrupt::Signal::interrupt); };
  const Error error = error_of([&] { up(); });
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
}

struct ErrorCase {
  ErrorCode code;
  const char* sqlstate;
  const char* reason;
  bool may_help;
};

class MayHelp : public ::testing::TestWithParam<ErrorCase> {};

TEST_P(MayHelp, OnlyWhereNothingStayed) {
  const auto& [code, sqlstate, reason, may_help] = GetParam();
  Error error{code, "it failed"};
  error.with_sqlstate(sqlstate).because(reason);
  EXPECT_EQ(LockWait::may_help(error), may_help);
}

INSTANTIATE_TEST_SUITE_P(
    Errors, MayHelp,
    ::testing::Values(ErrorCase{ErrorCode::busy, "55P03", "", true},
                      ErrorCase{ErrorCode::busy, "40P01", "", true},
                      ErrorCase{ErrorCode::busy, "57014", "", false},
                      ErrorCase{ErrorCode::data, "42601", "", false},
                      ErrorCase{ErrorCode::critical, "55P03", "transaction_ended", false},
                      ErrorCase{ErrorCode::unreachable, "55P03", "in_doubt", false},
                      ErrorCase{ErrorCode::unreachable, "57P01", "", false}));

}  // namespace
}  // namespace pcx::migrate
