#include "db/retry.h"

#include <atomic>
#include <barrier>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/script.h"
#include "tests/db/fixture.h"
#include "tests/support/fake_clock.h"

namespace pcx::db {
namespace {

using std::chrono::milliseconds;
using testing::error_of;
using testing::FakeClock;

struct World {
  FakeClock clock;
  SeededRandom random{1};
  Interrupt interrupt;
  RetryTools tools{clock, random, interrupt, {.jitter = 0}};
};

class WithTransaction : public testing::DatabaseFixture {
 protected:
  void SetUp() override {
    Database database = connect();
    run_script(database,
               "CREATE TABLE public.t (id int PRIMARY KEY, n int NOT NULL);"
               "INSERT INTO public.t VALUES (1, 0), (2, 0)",
               "");
  }
  int sum() {
    Database database = connect();
    return database.query({"test.sum", "SELECT sum(n)::int FROM public.t"}).one()[0].as<int>();
  }
  World world;
};

constexpr Statement kAdd{"test.add", "UPDATE public.t SET n = n + 1 WHERE id = $1"};

// Fails with `sqlstate` the first `failures` times; returns how often it ran.
int runs_until_done(Database& database, const RetryTools& tools, const std::string& sqlstate,
                    int failures) {
  int runs = 0;
  with_transaction(database, tools, [&](Transaction& tx) {
    tx.query(kAdd, {1});
    if (++runs > failures) return;
    run_script(tx, "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '" + sqlstate + "'; END $$", "");
  });
  return runs;
}

class WithTransactionRetries : public WithTransaction,
                               public ::testing::WithParamInterface<const char*> {};

TEST_P(WithTransactionRetries, WhatGoesAwayByItself) {
  Database database = connect();
  const auto begin = world.clock.steady_now();
  EXPECT_EQ(runs_until_done(database, world.tools, GetParam(), 3), 4);
  EXPECT_EQ(sum(), 1);  // only the last run is kept
  EXPECT_EQ(world.clock.steady_now() - begin, milliseconds{1'000 + 2'000 + 4'000});
}

INSTANTIATE_TEST_SUITE_P(States, WithTransactionRetries,
                         ::testing::Values("40001", "40P01", "55P03"));

TEST_F(WithTransaction, GivesUpAfterTheLastRetry) {
  Database database = connect();
  const Error error = error_of([&] { runs_until_done(database, world.tools, "40001", 99); });
  EXPECT_EQ(error.sqlstate(), "40001");
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_EQ(sum(), 0);
}

TEST_F(WithTransaction, NeverRetriesWhatWouldFailAgain) {
  Database database = connect();
  const Error error = error_of([&] { runs_until_done(database, world.tools, "23505", 1); });
  EXPECT_EQ(error.sqlstate(), "23505");
  EXPECT_TRUE(world.clock.sleeps.empty());
}

TEST_F(WithTransaction, LetsOtherErrorsOfTheWorkThrough) {
  Database database = connect();
  const Error error = error_of([&] {
    with_transaction(database, world.tools, [](Transaction& tx) {
      tx.query(kAdd, {1});
      throw Error{ErrorCode::conflict, "changed my mind"};
    });
  });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(sum(), 0);
}

TEST_F(WithTransaction, SurvivesARealSerializationFailure) {
  Database database = connect();
  Database rival = connect();
  int runs = 0;
  with_transaction(database, world.tools, [&](Transaction& tx) {
    tx.query({"test.level", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"});
    tx.query({"test.look", "SELECT n FROM public.t"});
    if (++runs == 1) rival.query(kAdd, {1});
    tx.query(kAdd, {1});
  });
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(sum(), 2);
}

TEST_F(WithTransaction, SurvivesARealDeadlock) {
  std::barrier both_have_one{2};
  std::atomic<int> runs{0};
  const auto work = [&](int first, int second) {
    World mine;
    mine.tools.policy.retries_max = 100;  // without real pauses the two may meet again and again
    Database database = connect();
    bool is_first = true;
    with_transaction(database, mine.tools, [&](Transaction& tx) {
      ++runs;
      tx.query({"test.fast", "SET LOCAL deadlock_timeout = '20ms'"});
      tx.query(kAdd, {first});
      if (std::exchange(is_first, false)) both_have_one.arrive_and_wait();
      tx.query(kAdd, {second});
    });
  };
  name();  // made before the threads ask for it
  {
    const std::jthread rival{work, 2, 1};
    work(1, 2);
  }
  EXPECT_GE(runs, 3);  // the server ends at least one of the two
  EXPECT_EQ(sum(), 4);
}

TEST_F(WithTransaction, ConnectsAgainAfterALostConnection) {
  Database database = connect();
  Database admin = connect();
  const int pid = database.backend_pid();
  int runs = 0;
  with_transaction(database, world.tools, [&](Transaction& tx) {
    tx.query(kAdd, {1});
    if (++runs == 1) admin.query({"test.kill", "SELECT pg_terminate_backend($1, 10000)"}, {pid});
    tx.query(kAdd, {1});
  });
  EXPECT_EQ(runs, 2);
  EXPECT_NE(database.backend_pid(), pid);
  EXPECT_EQ(sum(), 2);
}

TEST(WithTransactionOnAServer, WaitsUntilItIsBack) {
  testing::Postgres server;
  Database database{parse_target(server.url("postgres")), {}};
  World world;
  int runs = 0;
  server.stop();
  const Error gone =
      error_of([&] { with_transaction(database, world.tools, [](Transaction&) {}); });
  EXPECT_EQ(gone.code(), ErrorCode::unreachable);
  server.start();
  with_transaction(database, world.tools, [&](Transaction& tx) {
    if (++runs == 1) {
      server.stop();
      server.start();
    }
    tx.query({"test.one", "SELECT 1"});
  });
  EXPECT_EQ(runs, 2);
}

TEST_F(WithTransaction, NeverRepeatsACommitInDoubt) {
  Database database = connect();
  run_script(database, R"(
      CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON public.t DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION public.die();)",
             "");
  int runs = 0;
  const Error error = error_of([&] {
    with_transaction(database, world.tools, [&](Transaction& tx) {
      ++runs;
      tx.query(kAdd, {1});
    });
  });
  EXPECT_EQ(error.reason(), "in_doubt");
  EXPECT_EQ(runs, 1);
}

TEST_F(WithTransaction, StopsBetweenTriesWhenAskedTo) {
  Database database = connect();
  int runs = 0;
  const Error error = error_of([&] {
    with_transaction(database, world.tools, [&](Transaction& tx) {
      ++runs;
      world.interrupt.request(Interrupt::Signal::interrupt);
      run_script(tx, "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$", "");
    });
  });
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace pcx::db
