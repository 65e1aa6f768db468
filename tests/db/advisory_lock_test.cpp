#include "db/advisory_lock.h"

#include <csignal>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/db/fixture.h"
#include "tests/support/fake_clock.h"
#include "tests/support/pgbouncer.h"

namespace pcx::db {
namespace {

using std::chrono::milliseconds;
using testing::error_of;
using testing::FakeClock;
using ::testing::HasSubstr;

constexpr AdvisoryKey kKey{-72'707'369'000'000'001, "pcx test"};

class AdvisoryLockTest : public testing::DatabaseFixture {
 protected:
  AdvisoryLock lock(Database& database, milliseconds deadline = {}) {
    return AdvisoryLock{database, kKey, {.deadline = deadline}, clock, interrupt};
  }
  FakeClock clock;
  Interrupt interrupt;
};

TEST_F(AdvisoryLockTest, NamesItsHolder) {
  Database holder = connect({.application_name = "pcx migrate up"});
  Database other = connect();
  const AdvisoryLock held = lock(holder);
  const Error error = error_of([&] { lock(other); });
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_THAT(error.what(), HasSubstr("the lock \"pcx test\" is held by process " +
                                      std::to_string(holder.backend_pid())));
  EXPECT_THAT(error.what(), HasSubstr("\"pcx migrate up\" of role postgres"));
  EXPECT_THAT(error.hint(),
              HasSubstr("pg_terminate_backend(" + std::to_string(holder.backend_pid()) + ")"));
  EXPECT_TRUE(clock.sleeps.empty());  // no deadline: one try
}

TEST_F(AdvisoryLockTest, TriesUntilItsDeadline) {
  Database holder = connect();
  Database other = connect();
  const AdvisoryLock held = lock(holder);
  error_of([&] { lock(other, milliseconds{500}); });
  EXPECT_THAT(clock.sleeps,
              ::testing::ElementsAre(milliseconds{200}, milliseconds{200}, milliseconds{100}));
}

TEST_F(AdvisoryLockTest, IsFreeAgainAfterItsEnd) {
  Database first = connect();
  Database second = connect();
  EXPECT_EQ(find_lock_holder(first, kKey), std::nullopt);
  {
    AdvisoryLock outer = lock(first);
    const AdvisoryLock moved{std::move(outer)};
    EXPECT_EQ(find_lock_holder(second, kKey)->pid, first.backend_pid());
  }
  AdvisoryLock taken = lock(second);
  taken.release();
  EXPECT_EQ(find_lock_holder(first, kKey), std::nullopt);
}

TEST_F(AdvisoryLockTest, IsAmongThoseOfOtherSessions) {
  Database holder = connect({.application_name = "theirs"});
  Database other = connect();
  const AdvisoryLock theirs = lock(holder);
  const AdvisoryLock own{other, {7, "own"}, {}, clock, interrupt};
  const auto locks = find_advisory_locks(other);
  ASSERT_EQ(locks.size(), 1u);
  EXPECT_EQ(locks[0].key, kKey.number);
  EXPECT_EQ(locks[0].database, name());
  EXPECT_EQ(locks[0].holder.pid, holder.backend_pid());
  EXPECT_EQ(locks[0].holder.application, "theirs");
}

TEST_F(AdvisoryLockTest, StopsWaitingWhenAskedTo) {
  Database holder = connect();
  Database other = connect();
  const AdvisoryLock held = lock(holder);
  interrupt.request(Interrupt::Signal::terminate);
  EXPECT_EQ(error_of([&] { lock(other, milliseconds{500}); }).code(), ErrorCode::terminated);
}

TEST_F(AdvisoryLockTest, DoesNotReleaseTheLockOfTheNextSession) {
  Database database = connect();
  Database admin = connect();
  AdvisoryLock old = lock(database);
  database.reconnect();  // the server has released it with the old session
  SystemClock real;
  const AdvisoryLock next{database, kKey, {.deadline = milliseconds{5'000}}, real, interrupt};
  old.release();
  EXPECT_EQ(find_lock_holder(admin, kKey)->pid, database.backend_pid());
}

TEST_F(AdvisoryLockTest, IsRefusedBehindATransactionPooler) {
  const testing::Pgbouncer pooler{testing::Postgres::shared(), {.mode = "transaction"}};
  Database database{parse_target(pooler.url(name())), {}};
  EXPECT_EQ(error_of([&] { lock(database); }).code(), ErrorCode::unsafe_connection);
}

// The holder is killed in the middle of a statement; the server notices by itself.
TEST_F(AdvisoryLockTest, IsFreedWhenItsHolderIsKilled) {
  const std::string target = url();
  const pid_t child = fork();
  if (child == 0) {
    Database database{parse_target(target), {.application_name = "doomed"}};
    const AdvisoryLock held = lock(database);
    database.query({"test.sleep", "SELECT pg_sleep(600)"});
    _exit(1);
  }
  Database database = connect();
  while (!find_lock_holder(database, kKey)) {
  }
  kill(child, SIGKILL);
  testing::wait_for_end(child);
  SystemClock real;
  const AdvisoryLock taken{database,
                           kKey,
                           {.deadline = milliseconds{10'000}, .poll = milliseconds{20}},
                           real,
                           interrupt};
  EXPECT_EQ(find_lock_holder(database, kKey)->pid, database.backend_pid());
}

}  // namespace
}  // namespace pcx::db
