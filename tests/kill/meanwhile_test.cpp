// What others do while `pcx migrate up` waits at a step: they make indexes, close its ledger row,
// or keep a table for long.
#include <chrono>
#include <optional>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "db/script.h"
#include "tests/support/strike.h"
#include "tests/support/temporary_folder.h"

namespace pcx::testing {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kInSteps = "20260102000000_in_steps";
constexpr const char* kIndexes =
    "SELECT pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' INVALID' END "
    "FROM pg_index WHERE indrelid = to_regclass('public.pet') ORDER BY 1";
constexpr const char* kSteps =
    "SELECT number || ' ' || coalesce(outcome, 'in flight') FROM pcx.migration_step ORDER BY "
    "number";
constexpr const char* kReader = "LOCK TABLE public.pet IN ACCESS SHARE MODE";

class Meanwhile : public ::testing::Test {
 protected:
  Meanwhile() {
    folder_.write("20260101000000_pet/migration.sql",
                  "CREATE TABLE pet (id int, name text);\nINSERT INTO pet VALUES (1, 'Rex');\n");
    database_ = arena_.make_database();
    const StruckRun base = arena_.run(up(), database_);
    if (base.exit != 0) throw std::runtime_error{base.said};
    other_.emplace(db::parse_target(arena_.url(database_)), db::ConnectOptions{});
  }

  std::vector<std::string> up(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"migrate", "up", "--dir", folder_.path()};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  void write(const std::string& sql) const {
    folder_.write(std::string{kInSteps} + "/migration.sql", sql);
  }

  pid_t start(const std::vector<std::string>& more = {}) {
    return arena_.start(up(more), arena_.url(database_));
  }
  void run(std::string_view sql) { db::run_script(*other_, sql, "test"); }

  // A transaction of somebody else's in the way of pcx, which is started and waits for it.
  db::Transaction hold_up(const char* sql, pid_t& pcx, const std::vector<std::string>& more = {}) {
    db::Transaction holding = other_->begin();
    holding.query({"test.hold", sql});
    pcx = start(more);
    arena_.wait_until_held_up(database_, other_->backend_pid());
    return holding;
  }

  // Such a transaction stays until pcx gives up at a deadline of a second; what pcx says.
  std::string give_up_behind(const char* sql) {
    pid_t pcx = 0;
    db::Transaction holding = hold_up(sql, pcx, {"--lock-deadline", "1s"});
    EXPECT_EQ(wait_for_end(pcx), 75);
    holding.rollback();
    EXPECT_THAT(arena_.said(), HasSubstr("it did not get its locks within 1.0 s"));
    return arena_.said();
  }

  Arena arena_;
  const TemporaryFolder folder_;
  std::string database_;
  std::optional<db::Database> other_;
};

// A try that timed out left nothing; what is new on the table is not its index.
TEST_F(Meanwhile, AnIndexOfSomebodyElseIsNotTakenForTheOneThatIsBuilt) {
  write("SET lock_timeout = '100ms';\nCREATE INDEX CONCURRENTLY ON pet (name);\n");
  pid_t pcx = 0;
  db::Transaction building = hold_up("CREATE INDEX by_hand ON public.pet (id)", pcx);
  const auto until = steady_clock::now() + seconds{20};
  while (arena_.said().find("waits") == std::string::npos && steady_clock::now() < until) {
  }
  building.commit();
  EXPECT_EQ(wait_for_end(pcx), 0) << arena_.said();
  EXPECT_THAT(arena_.ask(database_, kIndexes),
              ElementsAre("CREATE INDEX by_hand ON public.pet USING btree (id)",
                          "CREATE INDEX pet_name_idx ON public.pet USING btree (name)"));
}

TEST_F(Meanwhile, AnotherIndexOfTheNameIsAnErrorAndStaysOne) {
  write("CREATE UNIQUE INDEX CONCURRENTLY pet_name ON pet (name);\n");
  pid_t pcx = 0;
  db::Transaction building = hold_up("CREATE INDEX pet_name ON public.pet (id)", pcx);
  building.commit();
  EXPECT_EQ(wait_for_end(pcx), 65);
  EXPECT_THAT(arena_.said(), HasSubstr("relation \"pet_name\" already exists"));
  EXPECT_EQ(wait_for_end(start()), 65) << arena_.said();
  EXPECT_THAT(arena_.ask(database_, kSteps), ElementsAre());
}

TEST_F(Meanwhile, ALedgerRowThatWasClosedEndsTheRunBeforeTheNextStep) {
  write("CREATE INDEX CONCURRENTLY pet_name ON pet (name);\nINSERT INTO pet VALUES (2, 'Tom');\n");
  pid_t pcx = 0;
  db::Transaction writing = hold_up("LOCK TABLE public.pet IN ROW EXCLUSIVE MODE", pcx);
  db::Database resolver{db::parse_target(arena_.url(database_)), {}};
  db::run_script(resolver,
                 "UPDATE public._prisma_migrations SET rolled_back_at = now() "
                 "WHERE finished_at IS NULL",
                 "test");
  writing.rollback();
  EXPECT_EQ(wait_for_end(pcx), 79);
  EXPECT_THAT(arena_.said(), HasSubstr("its ledger row was closed meanwhile"));
  EXPECT_THAT(arena_.said(), HasSubstr("1 step before it is done and stays."));
  EXPECT_THAT(arena_.ask(database_, "SELECT name FROM public.pet"), ElementsAre("Rex"));
}

// Whatever it is that waits: the statement, with a file that lifts the limit, or clearing up.
TEST_F(Meanwhile, ATableThatIsKeptForLongEndsTheRunAtTheDeadline) {
  write("SET lock_timeout = 0;\nCREATE INDEX CONCURRENTLY pet_name ON pet (name);\n");
  const auto began = steady_clock::now();
  give_up_behind("LOCK TABLE public.pet IN ROW EXCLUSIVE MODE");
  EXPECT_THAT(arena_.ask(database_, kIndexes), ElementsAre(HasSubstr("pet_name ")));
  give_up_behind(kReader);
  EXPECT_LT(steady_clock::now() - began, seconds{20});

  EXPECT_EQ(wait_for_end(start()), 0) << arena_.said();
  EXPECT_THAT(arena_.ask(database_, kIndexes),
              ElementsAre("CREATE INDEX pet_name ON public.pet USING btree (name)"));
}

TEST_F(Meanwhile, AStepInATransactionWaitsNoLongerThoughTheFileLiftsTheLimit) {
  write("-- pcx:no-transaction\nSET lock_timeout = 0;\nALTER TABLE pet ADD COLUMN age int;\n");
  give_up_behind(kReader);
}

// An INVALID index is called another name before it is dropped. When that takes too long, the next
// run has to find it under that name: a unique one refuses rows.
TEST_F(Meanwhile, AnIndexThatWasNotDroppedInTimeIsDroppedByTheNextRun) {
  run("INSERT INTO public.pet VALUES (1, 'Tom')");
  try {
    run("CREATE UNIQUE INDEX CONCURRENTLY pet_id ON public.pet (id)");
    FAIL() << "there are equal ids";
  } catch (const Error& error) {
    EXPECT_EQ(error.sqlstate(), "23505");
  }
  write("CREATE INDEX CONCURRENTLY pet_id ON pet (id);\n");
  EXPECT_THAT(give_up_behind(kReader), HasSubstr("is to be dropped and is called pcx_drop_"));
  EXPECT_EQ(wait_for_end(start()), 0) << arena_.said();
  EXPECT_THAT(arena_.ask(database_, kIndexes),
              ElementsAre("CREATE INDEX pet_id ON public.pet USING btree (id)"));
}

TEST_F(Meanwhile, AStepIsNotCalledDoneAgainstTheCatalog) {
  write("CREATE INDEX CONCURRENTLY pet_name ON pet (name);\n");
  other_.reset();  // arena_.run() waits until nobody is left
  const std::vector<const char*> hold{"LOCK TABLE public.pet IN ROW EXCLUSIVE MODE"};
  arena_.strike_held_up(up(), database_, hold, Blow::kill_client);
  EXPECT_THAT(arena_.ask(database_, kSteps), ElementsAre("1 in flight"));
  for (const char* answer : {"--step-done", "--step-undone"}) {
    const StruckRun told =
        arena_.run({"migrate", "resolve", "--dir", folder_.path(), answer, kInSteps}, database_);
    EXPECT_EQ(told.exit, 79);
    EXPECT_THAT(told.said,
                HasSubstr("(CREATE INDEX CONCURRENTLY) is half done, as the catalog says"));
  }
  EXPECT_EQ(arena_.run(up(), database_).exit, 0);
}

}  // namespace
}  // namespace pcx::testing
