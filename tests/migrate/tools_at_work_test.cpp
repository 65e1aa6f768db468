#include "migrate/tools_at_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/known_keys.h"
#include "tests/support/postgres.h"

namespace pcx::migrate {
namespace {

using pcx::testing::Postgres;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ToolsAtWork : public ::testing::Test {
 protected:
  db::Database connect(const std::string& application) {
    return db::Database{db::parse_target(Postgres::shared().url(name)),
                        {.application_name = application}};
  }
  static void lock(db::Database& session, std::int64_t key) {
    session.query({"test.lock", "SELECT pg_advisory_lock($1)"}, {key});
  }
  std::vector<std::string> found() {
    std::vector<std::string> names;
    for (const auto& at_work : find_tools_at_work(watcher)) {
      names.push_back(at_work.tool + " in " + at_work.holder.application);
    }
    return names;
  }

  const std::string name = Postgres::shared().fresh_database();
  db::Database watcher = connect("watcher");
};

TEST_F(ToolsAtWork, AreThoseOfOtherSessionsOldestFirst) {
  db::Database rails = connect("puma");
  db::Database sqitch = connect("deploy");
  lock(sqitch, 75474063);
  lock(rails, rails_key(name));
  lock(rails, 42);  // nobody's
  lock(watcher, 72707369);
  EXPECT_THAT(found(), ElementsAre("Rails in puma", "sqitch in deploy"));
}

TEST_F(ToolsAtWork, AreNotThoseOfAnotherDatabase) {
  db::Database other{db::parse_target(Postgres::shared().url(Postgres::shared().fresh_database())),
                     {}};
  lock(other, 75474063);
  EXPECT_THAT(found(), IsEmpty());
}

// Two 32-bit keys are another kind of lock, though their bits may be the same.
TEST_F(ToolsAtWork, AreNotTheOwnersOfAPairOfKeys) {
  db::Database other = connect("app");
  other.query({"test.lock", "SELECT pg_advisory_lock(0, 75474063)"});
  EXPECT_THAT(found(), IsEmpty());
}

}  // namespace
}  // namespace pcx::migrate
