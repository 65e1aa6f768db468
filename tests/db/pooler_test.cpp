// What a Database does behind PgBouncer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/database.h"
#include "db/script.h"
#include "tests/db/fixture.h"
#include "tests/support/pgbouncer.h"

namespace pcx::db {
namespace {

using testing::error_of;
using testing::Pgbouncer;

class Pooler : public testing::DatabaseFixture {
 protected:
  Database connect_through(const Pgbouncer& pooler, const std::string& more = "",
                           const ConnectOptions& options = {}) {
    return Database{parse_target(pooler.url(name()) + more), options};
  }
  const testing::Postgres& server = testing::Postgres::shared();
};

std::string ask(Database& database, const char* sql) {
  return database.query({"test.ask", sql}).one()[0].as<std::string>();
}

class PoolSize : public Pooler, public ::testing::WithParamInterface<int> {};

TEST_P(PoolSize, DoesNotHideATransactionPooler) {
  const Pgbouncer pooler{server, {.mode = "transaction", .pool_size = GetParam()}};
  Database database = connect_through(pooler);
  EXPECT_EQ(database.path(), Path::transaction_pooler);
  EXPECT_EQ(error_of([&] { database.require_session_state(); }).code(),
            ErrorCode::unsafe_connection);
}

TEST_P(PoolSize, DoesNotHideASessionPooler) {
  const Pgbouncer pooler{server, {.mode = "session", .pool_size = GetParam()}};
  Database database = connect_through(pooler);
  EXPECT_EQ(database.path(), Path::session_pooler);
  database.require_session_state();
  EXPECT_EQ(ask(database, "SELECT current_setting('search_path')"), "pg_catalog");
}

INSTANTIATE_TEST_SUITE_P(Servers, PoolSize, ::testing::Values(1, 5));

TEST_F(Pooler, IsBelievedToPoolTransactionsWhenTheUrlSaysSo) {
  const Pgbouncer pooler{server, {.mode = "session"}};
  EXPECT_EQ(connect_through(pooler, "&pgbouncer=true").path(), Path::transaction_pooler);
}

TEST_F(Pooler, IsNoMatterOfTheUrlOnADirectConnection) {
  Database database{parse_target(url() + "&pgbouncer=true"), {}};
  EXPECT_EQ(database.path(), Path::direct);
}

TEST_F(Pooler, GetsSettingsWithEachTransactionAndKeepsNone) {
  const Pgbouncer pooler{server, {.mode = "transaction", .pool_size = 1}};
  Database database =
      connect_through(pooler, "", {.statement_timeout = std::chrono::milliseconds{61'000}});
  EXPECT_EQ(ask(database, "SELECT current_setting('search_path')"), "pg_catalog");
  EXPECT_EQ(ask(database, "SELECT current_setting('statement_timeout')"), "61s");
  {
    Transaction tx = database.begin();
    EXPECT_EQ(tx.query({"test.ask", "SELECT current_setting('TimeZone') AS zone"})
                  .one()["zone"]
                  .as<std::string>(),
              "UTC");
  }
  Database other = connect_through(pooler);  // on the same server
  EXPECT_EQ(ask(other, "SELECT current_setting('statement_timeout')"), "0");
}

TEST_F(Pooler, KeepsItsConnectionWhenItIsLookedAt) {
  const Pgbouncer pooler{server, {.mode = "transaction", .pool_size = 1}};
  const int before = connect_through(pooler).backend_pid();
  EXPECT_EQ(connect_through(pooler).backend_pid(), before);
}

TEST_F(Pooler, GetsItsSessionBackAsItGaveIt) {
  const Pgbouncer pooler{server, {.mode = "session", .pool_size = 1, .reset_query = ""}};
  int pid = 0;
  {
    Database database = connect_through(pooler);
    pid = database.backend_pid();
    run_script(database, "LISTEN news; SET work_mem = '7MB'; CREATE TEMPORARY TABLE scratch ()",
               "");
  }
  Database next = connect_through(pooler);
  EXPECT_EQ(next.backend_pid(), pid);
  EXPECT_EQ(ask(next, "SELECT count(*)::text FROM pg_listening_channels()"), "0");
  EXPECT_NE(ask(next, "SELECT current_setting('work_mem')"), "7MB");
  EXPECT_EQ(ask(next, "SELECT (to_regclass('pg_temp.scratch') IS NULL)::text"), "true");
}

TEST_F(Pooler, RefusesToWriteWhenReadOnly) {
  const Pgbouncer pooler{server, {.mode = "transaction"}};
  Database database = connect_through(pooler, "", {.read_only = true});
  const Error error = error_of([&] {
    database.query({"test.make", "CREATE TABLE public.t (n int)"});
  });
  EXPECT_EQ(error.sqlstate(), "25006");
}

}  // namespace
}  // namespace pcx::db
