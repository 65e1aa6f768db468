// kill -9 of a `pcx migrate up` in the middle of a long statement: the server has to notice by
// itself, and whoever runs pcx next must not wait for a statement that nobody wants any more.
#include <csignal>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migrate/lock.h"
#include "tests/support/strike.h"
#include "tests/support/temporary_folder.h"

namespace pcx::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

enum class Way { socket, tcp };

constexpr db::Statement kSleeping{
    "test.sleeping",
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event = 'PgSleep')"};
// The two keys of lib/migrate/lock.h, as pg_locks splits them.
constexpr db::Statement kHeldKeys{
    "test.held_keys",
    "SELECT count(*)::int FROM pg_locks JOIN pg_database AS d ON d.oid = database "
    "WHERE d.datname = $1 AND locktype = 'advisory' AND objsubid = 1 AND granted "
    "AND (classid::bigint << 32 | objid::bigint) IN ($2::bigint, $3::bigint)"};

class OrphanedRun : public ::testing::TestWithParam<Way> {
 protected:
  std::vector<std::string> up() const { return {"migrate", "up", "--dir", folder.path()}; }

  std::string url_of(const std::string& database) const {
    return GetParam() == Way::tcp ? arena.tcp_url(database) : arena.url(database);
  }

  int held_keys(const std::string& database) {
    return arena.admin()
        .query(kHeldKeys, {database, migrate::kPcxLock.number, migrate::kPrismaLock.number})
        .one()[0]
        .as<int>();
  }

  pid_t start_and_wait_until_it_sleeps(const std::string& database) {
    const pid_t pid = arena.start(up(), url_of(database));
    const auto until = steady_clock::now() + std::chrono::seconds{20};
    while (!arena.admin().query(kSleeping, {database}).one()[0].as<bool>()) {
      if (steady_clock::now() > until) throw std::runtime_error{"the migration does not begin"};
    }
    return pid;
  }

  Arena arena;
  const TemporaryFolder folder;
};

TEST_P(OrphanedRun, FreesItsLocksWithinTwoSeconds) {
  folder.write("20260101000000_slow/migration.sql",
               "CREATE TABLE slow ();\nSELECT pg_sleep(60);\n");
  const std::string database = arena.make_database();
  const pid_t pid = start_and_wait_until_it_sleeps(database);
  ASSERT_EQ(held_keys(database), 2);

  kill(pid, SIGKILL);
  const auto killed = steady_clock::now();
  EXPECT_EQ(wait_for_end(pid), 128 + SIGKILL);
  arena.wait_until_left_alone(database);
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - killed);

  fmt::print("locks and session gone after {} ms\n", took.count());
  EXPECT_LE(took, milliseconds{2'000});
  EXPECT_EQ(held_keys(database), 0);
  EXPECT_EQ(arena.ask(database, "SELECT (to_regclass('public.slow') IS NULL)::text")[0], "true");
  EXPECT_EQ(arena.ask(database, "SELECT count(*)::text FROM public._prisma_migrations")[0], "0");

  // Without --lock-wait pcx tries once.
  folder.write("20260101000000_slow/migration.sql", "CREATE TABLE slow ();\n");
  EXPECT_EQ(wait_for_end(arena.start(up(), url_of(database))), 0);
  EXPECT_EQ(arena.ask(database, "SELECT (to_regclass('public.slow') IS NULL)::text")[0], "false");
}

INSTANTIATE_TEST_SUITE_P(Over, OrphanedRun, ::testing::Values(Way::socket, Way::tcp),
                         [](const auto& way) { return way.param == Way::tcp ? "tcp" : "socket"; });

}  // namespace
}  // namespace pcx::testing
