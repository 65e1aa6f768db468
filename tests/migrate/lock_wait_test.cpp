// Migrations whose tables somebody else has locked.
#include "migrate/lock_wait.h"

#include <gmock/gmock.h>

#include "db/query.h"
#include "db/script.h"
#include "migrate/migrator.h"
#include "tests/migrate/support.h"
#include "tests/support/errors.h"
#include "tests/support/postgres.h"

namespace pcx::migrate {
namespace {

using namespace testing;
using pcx::testing::error_of;
using pcx::testing::Postgres;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class LockedTable : public ::testing::Test {
 protected:
  LockedTable() {
    db::run_script(database, "CREATE TABLE public.a (n int); INSERT INTO public.a VALUES (1)", "t");
    tools.on_wait = [this](const Waiting& waiting) {
      seen.push_back(waiting);
      if (seen.size() == 2 && gives_way) reading.reset();
    };
    reading.emplace(reader.begin());
    db::run_script(*reading, "SELECT n FROM public.a", "t");
  }

  db::Database connect(const std::string& application) {
    return {db::parse_target(Postgres::shared().url(name)), {.application_name = application}};
  }

  Report up() {
    Ledger ledger = read_ledger(database, "public");
    ledger.exists = false;
    const UpPlan plan = plan_up(compare(folder, ledger), {}, {});
    return apply(database, ledger, {plan, {analyse(plan.steps[0]->up.text)}}, tools);
  }

  int columns_of_a() {
    db::Query query{"test.columns"};
    query.sql(
        "SELECT count(*)::int AS n FROM pg_attribute WHERE attrelid = 'public.a'::regclass"
        " AND attnum > 0");
    return database.query(query).one()["n"].as<int>();
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
  Tools tools{clock, random, interrupt, [](const db::Deed&) { return std::optional<db::Query>{}; },
              [](const Migration&, std::size_t, std::size_t) {}};
  const Folder folder = folder_of({file("001", "ALTER TABLE a ADD COLUMN t text;")});
};

TEST_F(LockedTable, IsChangedOnceItsReaderIsGone) {
  tools.patience.pause = std::chrono::milliseconds{10};
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

TEST_F(LockedTable, IsLeftAloneAtTheDeadline) {
  gives_way = false;
  tools.patience.pause = std::chrono::milliseconds{10};
  tools.patience.deadline = std::chrono::milliseconds{600};
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

TEST_F(LockedTable, DoesNotKeepAStopWaiting) {
  gives_way = false;
  tools.on_wait = [this](const Waiting&) { interrupt.request(Interrupt::Signal::interrupt); };
  const Error error = error_of([&] { up(); });
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
}

}  // namespace
}  // namespace pcx::migrate
