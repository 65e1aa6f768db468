#include "migrate/outlook.h"

#include <gmock/gmock.h>

#include "db/script.h"
#include "migrate/holders.h"
#include "tests/migrate/support.h"
#include "tests/support/postgres.h"

namespace pcx::migrate {
namespace {

using namespace testing;
using pcx::testing::Postgres;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Outlook : public ::testing::Test {
 protected:
  db::Database connect(const std::string& application = "pcx") {
    return {db::parse_target(Postgres::shared().url(name)), {.application_name = application}};
  }

  std::vector<ScriptOutlook> look(const std::vector<Migration>& files) {
    const Folder folder = folder_of(files);
    return look_ahead(database, plan_up(compare(folder, {}), {}, {}));
  }

  std::string name = Postgres::shared().fresh_database();
  db::Database database = connect();
};

TEST_F(Outlook, TellsEachStatementsLocksAndTheirSum) {
  db::run_script(database, "CREATE TABLE public.a (n int); CREATE TABLE public.b (n int)", "t");
  const auto scripts = look({file("001",
                                  "CREATE INDEX i ON a (n);\nALTER TABLE b ADD COLUMN t text;\n"
                                  "ALTER TABLE a ADD CHECK (n > 0);")});
  ASSERT_THAT(scripts, SizeIs(1));
  const ScriptOutlook& script = scripts[0];
  ASSERT_THAT(script.statements, SizeIs(3));
  EXPECT_EQ(script.statements[0].kind, "CREATE INDEX");
  EXPECT_EQ(script.statements[1].place.line, 2);
  EXPECT_EQ(script.statements[0].forecast.touches[0].mode, LockMode::share);
  ASSERT_THAT(script.total.touches, SizeIs(2));
  EXPECT_EQ(script.total.touches[0].name, "a");
  EXPECT_EQ(script.total.touches[0].mode, LockMode::access_exclusive);
  EXPECT_TRUE(script.total.touches[0].scans);
  EXPECT_FALSE(script.total.touches[1].scans);
}

TEST_F(Outlook, LeavesOutWhatAnEarlierScriptMakes) {
  const auto scripts = look({file("001", "CREATE TABLE a (n int)"),
                             file("002", "ALTER TABLE a RENAME TO b; CREATE INDEX ON b (n)")});
  for (const auto& script : scripts) {
    EXPECT_THAT(script.total.touches, IsEmpty());
    EXPECT_THAT(script.total.unseen, IsEmpty());
  }
}

TEST_F(Outlook, SaysWhatItCannotSee) {
  const auto scripts = look({file("001", "DO $$ BEGIN NULL; END $$; DROP TABLE nowhere"),
                             file("002", "CREATE TABEL a ()")});
  EXPECT_THAT(scripts[0].total.unseen,
              ElementsAre("the code of DO", "relation nowhere is not there yet"));
  EXPECT_FALSE(scripts[1].analysed);
}

TEST_F(Outlook, NamesTheSessionThatIsInTheWay) {
  db::run_script(database, "CREATE TABLE public.a (n int)", "t");
  db::Database other = connect("report job");
  db::Transaction reading = other.begin();
  db::run_script(reading, "SELECT * FROM public.a", "t");
  const auto scripts = look({file("001", "ALTER TABLE a ADD COLUMN t text")});
  const auto holders = find_holders(database, scripts[0].total.touches);
  ASSERT_THAT(holders, SizeIs(1));
  EXPECT_EQ(holders[0].pid, other.backend_pid());
  EXPECT_EQ(holders[0].application, "report job");
  EXPECT_EQ(holders[0].state, "idle in transaction");
  EXPECT_EQ(holders[0].mode, LockMode::access_share);
  // It does not stand in the way of one that only keeps writers out.
  const auto index = look({file("001", "CREATE INDEX ON a (n)")});
  EXPECT_THAT(find_holders(database, index[0].total.touches), IsEmpty());
}

// Looking must not wait for a table that somebody has locked.
TEST_F(Outlook, NeverWaitsItself) {
  db::run_script(database,
                 "CREATE TABLE public.a (n int CHECK (n > 0)); CREATE INDEX ON public.a (n)", "t");
  db::Database other = connect();
  db::Transaction locking = other.begin();
  db::run_script(locking, "LOCK TABLE public.a", "t");
  db::run_script(database, "SET statement_timeout = '2s'", "t");
  const auto scripts = look({file("001", "ALTER TABLE a ALTER n SET NOT NULL")});
  EXPECT_THAT(scripts[0].total.touches, SizeIs(1));
}

}  // namespace
}  // namespace pcx::migrate
