#include "db/database.h"

#include <csignal>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "db/query.h"
#include "db/script.h"
#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using testing::error_of;
using ::testing::HasSubstr;

class DatabaseTest : public testing::DatabaseFixture {};

constexpr Statement kOne{"test.one", "SELECT 1 AS one"};

// The session ends itself while its COMMIT is under way.
constexpr std::string_view kDieAtCommit = R"(
CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER die AFTER INSERT ON public.t DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION public.die();
)";

TEST_F(DatabaseTest, AnswersAQuestion) {
  Database database = connect();
  EXPECT_EQ(database.query(kOne).one()["one"].as<int>(), 1);
  EXPECT_EQ(database.path(), Path::direct);
  EXPECT_GE(database.server_version(), 140000);
}

TEST_F(DatabaseTest, KeepsWhatWasCommittedOnly) {
  Database database = connect();
  database.query({"test.make", "CREATE TABLE public.t (n int)"});
  {
    Transaction tx = database.begin();
    tx.query({"test.insert", "INSERT INTO public.t VALUES ($1)"}, {1});
    tx.commit();
  }
  {
    Transaction tx = database.begin();
    tx.query({"test.insert", "INSERT INTO public.t VALUES ($1)"}, {2});
  }
  const auto sum = database.query({"test.sum", "SELECT sum(n)::int AS sum FROM public.t"});
  EXPECT_EQ(sum.one()["sum"].as<int>(), 1);
}

TEST_F(DatabaseTest, TellsEveryFieldOfAnError) {
  Database database = connect();
  database.query({"test.make", "CREATE TABLE public.t (n int CONSTRAINT only_once UNIQUE)"});
  database.query({"test.insert", "INSERT INTO public.t VALUES (7)"});
  try {
    database.query({"test.insert", "INSERT INTO public.t VALUES (7)"});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(error.sqlstate(), "23505");
    EXPECT_STREQ(error.what(),
                 "test.insert: duplicate key value violates unique constraint \"only_once\"");
    EXPECT_THAT(error.detail(), HasSubstr("Key (n) already exists.\nthe values are left out here"));
    EXPECT_THAT(error.detail(),
                HasSubstr("constraint \"only_once\", table \"t\", schema \"public\""));
  }
}

// Ends the session of `victim` from another one and waits until its process is gone.
void terminate(Database& admin, const Database& victim) {
  admin.query({"test.terminate", "SELECT pg_terminate_backend($1, 10000)"}, {victim.backend_pid()});
}

void wait_for_event(Database& admin, const Database& database, const char* event) {
  constexpr Statement is_waiting{
      "test.waits", "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = $2"};
  while (admin.query(is_waiting, {database.backend_pid(), event}).empty()) {
  }
}

TEST_F(DatabaseTest, NeverReplacesALostConnectionSilently) {
  Database database = connect();
  Database admin = connect();
  terminate(admin, database);
  for (int i = 0; i < 4; ++i) {  // libpqxx 6.4 would have a new session at the third try
    EXPECT_EQ(error_of([&] { database.query(kOne); }).code(), ErrorCode::unreachable);
    EXPECT_EQ(error_of([&] { database.begin(); }).code(), ErrorCode::unreachable);
  }
  database.reconnect();
  EXPECT_EQ(database.query(kOne).size(), 1u);
  EXPECT_EQ(database.backend_pid(),
            database.query({"test.pid", "SELECT pg_backend_pid() AS pid"}).one()["pid"].as<int>());
}

TEST_F(DatabaseTest, TellsWhoEndedTheSession) {
  Database database = connect();
  Database admin = connect();
  Transaction tx = database.begin();
  terminate(admin, database);
  const Error error = error_of([&] { tx.query(kOne); });
  EXPECT_EQ(error.sqlstate(), "57P01");
  EXPECT_STREQ(error.what(), "test.one: terminating connection due to administrator command");
  EXPECT_EQ(error_of([&] { tx.commit(); }).reason(), "");  // lost before COMMIT: no doubt
}

TEST_F(DatabaseTest, HasNoDoubtAboutACommitThatWasNeverSent) {
  Database database = connect();
  Database admin = connect();
  Transaction tx = database.begin();
  tx.query(kOne);
  terminate(admin, database);
  const Error error = error_of([&] { tx.commit(); });
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_EQ(error.reason(), "");
}

TEST_F(DatabaseTest, SaysInDoubtWhenTheConnectionBreaksWhileCommitting) {
  Database database = connect();
  database.query({"test.make", "CREATE TABLE public.t (n int)"});
  run_script(database, kDieAtCommit, "");
  Transaction tx = database.begin();
  tx.query({"test.insert", "INSERT INTO public.t VALUES (1)"});
  const Error error = error_of([&] { tx.commit(); });
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_EQ(error.reason(), "in_doubt");
  EXPECT_THAT(error.hint(), HasSubstr("Look at the data"));
}

// A commit that did happen, and whose answer never came: it waits for a standby that is not there.
TEST(CommitInDoubt, MayHaveHappened) {
  const testing::Postgres server{{.settings = {"synchronous_standby_names=nobody"}}};
  const Target target = parse_target(server.url("postgres"));
  Database admin{target, {}};
  run_script(admin, "SET synchronous_commit = local; CREATE TABLE public.t (n int)", "");
  Database database{target, {}};
  std::thread killer{[&] {
    wait_for_event(admin, database, "SyncRep");
    terminate(admin, database);
  }};
  Transaction tx = database.begin();
  tx.query({"test.insert", "INSERT INTO public.t VALUES (1)"});
  const Error error = error_of([&] { tx.commit(); });
  killer.join();
  EXPECT_EQ(error.reason(), "in_doubt");
  EXPECT_EQ(admin.query({"test.rows", "SELECT n FROM public.t"}).size(), 1u);
}

TEST_F(DatabaseTest, NeverCallsARolledBackTransactionCommitted) {
  Database database = connect();
  Transaction tx = database.begin();
  EXPECT_TRUE(tx.is_open());
  error_of([&] { tx.query({"test.bad", "SELECT 1/0"}); });
  EXPECT_FALSE(tx.is_open());
  EXPECT_EQ(error_of([&] { tx.commit(); }).reason(), "transaction_over");
  tx.rollback();
  EXPECT_EQ(database.query(kOne).size(), 1u);
}

TEST_F(DatabaseTest, ReportsADeferredConstraintAtCommit) {
  Database database = connect();
  database.query(
      {"test.make", "CREATE TABLE public.t (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"});
  Transaction tx = database.begin();
  tx.query({"test.insert", "INSERT INTO public.t VALUES (1), (1)"});
  const Error error = error_of([&] { tx.commit(); });
  EXPECT_EQ(error.sqlstate(), "23505");
  EXPECT_EQ(error.reason(), "");
}

Query insert_number(int n) {
  Query query{"test.insert"};
  query.sql("INSERT INTO public.t VALUES (").param(n).sql(")");
  return query.prepared();
}

TEST_F(DatabaseTest, PreparesOnceAndAgainWhenItWasForgotten) {
  Database database = connect();
  database.query({"test.make", "CREATE TABLE public.t (n int UNIQUE)"});
  const auto insert = [&](std::vector<Query> queries) {
    Transaction tx = database.begin();
    tx.commit_after(std::move(queries));
  };
  const auto prepared = [&] {
    return database.query({"test.count", "SELECT count(*) AS n FROM pg_prepared_statements"})
        .one()["n"]
        .as<int>();
  };
  insert({insert_number(1)});
  insert({insert_number(2), insert_number(3)});
  EXPECT_EQ(prepared(), 1);
  const Error error = error_of([&] { insert({insert_number(4), insert_number(1)}); });
  EXPECT_EQ(error.sqlstate(), "23505");
  EXPECT_THAT(error.what(), HasSubstr("test.insert"));
  insert({insert_number(5)});
  database.query({"test.deallocate", "DEALLOCATE ALL"});
  database.forget_prepared();
  insert({insert_number(6)});
  EXPECT_EQ(prepared(), 1);
  const auto sum = database.query({"test.sum", "SELECT sum(n)::int AS sum FROM public.t"});
  EXPECT_EQ(sum.one()["sum"].as<int>(), 1 + 2 + 3 + 5 + 6);
}

struct Level {
  Access access;
  Isolation isolation;
  const char* shown;
};
class TransactionLevel : public DatabaseTest, public ::testing::WithParamInterface<Level> {};

TEST_P(TransactionLevel, IsWhatWasAskedFor) {
  Database database = connect();
  Transaction tx = database.begin(GetParam().access, GetParam().isolation);
  const auto rows = tx.query({"test.level",
                              "SELECT current_setting('transaction_isolation') || ' ' || "
                              "current_setting('transaction_read_only') AS level"});
  EXPECT_EQ(rows.one()["level"].as<std::string>(), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    All, TransactionLevel,
    ::testing::Values(Level{Access::read_write, Isolation::read_committed, "read committed off"},
                      Level{Access::read_only, Isolation::read_committed, "read committed on"},
                      Level{Access::read_write, Isolation::repeatable_read, "repeatable read off"},
                      Level{Access::read_only, Isolation::repeatable_read, "repeatable read on"},
                      Level{Access::read_write, Isolation::serializable, "serializable off"},
                      Level{Access::read_only, Isolation::serializable, "serializable on"}));

TEST_F(DatabaseTest, ForgetsWhatAScriptLeftInTheSession) {
  Database database = connect({.lock_timeout = std::chrono::milliseconds{250}});
  run_script(database,
             "SET search_path = public; SET lock_timeout = 0; SET TimeZone = 'Asia/Tokyo';"
             "SET ROLE pg_monitor",
             "");
  database.reset_settings();
  const auto rows = database.query(
      {"test.settings",
       "SELECT concat_ws(' ', current_setting('search_path'), current_setting('lock_timeout'), "
       "current_setting('TimeZone'), current_setting('application_name'), current_user) AS all"});
  EXPECT_EQ(rows.one()["all"].as<std::string>(), "pg_catalog 250ms UTC pcx postgres");
}

TEST_F(DatabaseTest, RefusesAutocommitInsideATransaction) {
  Database database = connect();
  Transaction tx = database.begin();
  EXPECT_EQ(error_of([&] { database.query(kOne); }).code(), ErrorCode::internal);
}

// Two connections share one Interrupt; both must be cancelled.
TEST_F(DatabaseTest, IsCancelledByTheSecondInterrupt) {
  Interrupt interrupt;
  Database database = connect({}, &interrupt);
  Database another = connect({}, &interrupt);
  Database admin = connect();
  std::thread operator_at_the_keyboard{[&] {
    interrupt.request(Interrupt::Signal::interrupt);
    wait_for_event(admin, database, "PgSleep");
    interrupt.request(Interrupt::Signal::interrupt);
  }};
  const Error error = error_of([&] { database.query({"test.sleep", "SELECT pg_sleep(600)"}); });
  operator_at_the_keyboard.join();
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  EXPECT_EQ(error.sqlstate(), "57014");
  EXPECT_EQ(database.query(kOne).size(), 1u);
}

// A stopped postmaster accepts the cancel request and never answers, as one behind a dead link: the
// signal's thread must be there for the next signal all the same.
TEST_F(DatabaseTest, DoesNotWaitForAServerThatIsSilent) {
  testing::Postgres server;
  Interrupt interrupt;
  Database database{parse_target(server.url("postgres")), {}, &interrupt};
  ASSERT_EQ(::kill(server.pid(), SIGSTOP), 0);
  auto requests = std::async(std::launch::async, [&] {
    for (int i = 0; i < 3; ++i) interrupt.request(Interrupt::Signal::interrupt);
  });
  EXPECT_EQ(requests.wait_for(std::chrono::seconds{10}), std::future_status::ready);
  ASSERT_EQ(::kill(server.pid(), SIGCONT), 0);
}

TEST_F(DatabaseTest, BlamesATimeoutOnTheTimeout) {
  Database database = connect({.statement_timeout = std::chrono::milliseconds{20}});
  const Error error = error_of([&] { database.query({"test.sleep", "SELECT pg_sleep(600)"}); });
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_STREQ(error.what(), "test.sleep: canceling statement due to statement timeout");
}

}  // namespace
}  // namespace pcx::db
