// How a Database finds its server, and what it says when it cannot.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/database.h"
#include "tests/db/fixture.h"

namespace pcx::db {
namespace {

using std::chrono::milliseconds;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Postgres;

class Connect : public testing::DatabaseFixture {
 protected:
  std::string setting(Database& database, const std::string& name) {
    return database.query({"test.setting", "SELECT current_setting($1) AS value"}, {name})
        .one()["value"]
        .as<std::string>();
  }
  Error refusal_of(const std::string& url, const ConnectOptions& options = {}) {
    return error_of([&] { Database(parse_target(url), options); });
  }
};

TEST_F(Connect, SetsTheSessionUp) {
  Database database = connect({.application_name = "pcx test",
                               .statement_timeout = milliseconds{61'000},
                               .lock_timeout = milliseconds{250},
                               .idle_in_transaction_timeout = milliseconds{7'000}});
  EXPECT_EQ(setting(database, "application_name"), "pcx test");
  EXPECT_EQ(setting(database, "search_path"), "pg_catalog");
  EXPECT_EQ(setting(database, "TimeZone"), "UTC");
  EXPECT_EQ(setting(database, "client_encoding"), "UTF8");
  EXPECT_EQ(setting(database, "statement_timeout"), "61s");
  EXPECT_EQ(setting(database, "lock_timeout"), "250ms");
  EXPECT_EQ(setting(database, "idle_in_transaction_session_timeout"), "7s");
  EXPECT_EQ(setting(database, "client_connection_check_interval"), "500ms");
  EXPECT_EQ(database.described(),
            Postgres::shared().folder().string() + "/.s.PGSQL.5432 " + name());
  database.require_session_state();
}

TEST_F(Connect, OverridesWhatARoleHasSet) {
  connect().query({"test.role", "CREATE ROLE odd LOGIN"});
  for (const char* sql : {"ALTER ROLE odd SET search_path = 'evil'",
                          "ALTER ROLE odd SET default_transaction_isolation = 'serializable'",
                          "ALTER ROLE odd SET DateStyle = 'German'"}) {
    connect().query({"test.role", sql});
  }
  Database database = connect_as("odd");
  EXPECT_EQ(setting(database, "search_path"), "pg_catalog");
  EXPECT_EQ(setting(database, "DateStyle"), "ISO, YMD");
  Transaction tx = database.begin();
  EXPECT_EQ(tx.query({"test.level", "SELECT current_setting('transaction_isolation') AS level"})
                .one()["level"]
                .as<std::string>(),
            "read committed");
}

TEST_F(Connect, RefusesToWriteWhenReadOnly) {
  Database database = connect({.read_only = true});
  const Error error = error_of([&] {
    database.query({"test.make", "CREATE TABLE public.t (n int)"});
  });
  EXPECT_EQ(error.code(), ErrorCode::permission);
  EXPECT_EQ(error.sqlstate(), "25006");
}

TEST_F(Connect, TellsAWrongPasswordWithoutShowingIt) {
  connect().query({"test.role",
                   "DO $$ BEGIN CREATE ROLE needs_password LOGIN PASSWORD 'p@ss w/ord'; "
                   "EXCEPTION WHEN duplicate_object THEN NULL; END $$"});
  const std::string tail = "@/" + name() + "?host=" + Postgres::shared().folder().string();
  Database accepted{parse_target("postgresql://needs_password:p%40ss%20w%2Ford" + tail), {}};

  const Error wrong = refusal_of("postgresql://needs_password:hunter2" + tail);
  EXPECT_EQ(wrong.code(), ErrorCode::permission);
  EXPECT_EQ(wrong.sqlstate(), "28P01");
  EXPECT_THAT(wrong.what(), HasSubstr("password authentication failed for user"));
  EXPECT_THAT(wrong.what(), Not(HasSubstr("hunter2")));
  EXPECT_THAT(wrong.hint(), HasSubstr("~/.pgpass"));

  const Error missing = refusal_of("postgresql://needs_password" + tail);
  EXPECT_EQ(missing.code(), ErrorCode::permission);
  EXPECT_THAT(missing.what(), HasSubstr("no password supplied"));
}

TEST_F(Connect, TellsAnUnknownRole) {
  const Error error = refusal_of(url("nobody_here"));
  EXPECT_EQ(error.code(), ErrorCode::permission);
  EXPECT_THAT(error.what(), HasSubstr("role \"nobody_here\" does not exist"));
}

TEST_F(Connect, TellsAnUnknownDatabase) {
  const Error error = refusal_of(Postgres::shared().url("nix"));
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_STREQ(error.what(), ("cannot connect to " + Postgres::shared().folder().string() +
                              "/.s.PGSQL.5432" + " nix: database \"nix\" does not exist")
                                 .c_str());
}

TEST_F(Connect, TellsAFullServer) {
  connect().query({"test.role", "CREATE ROLE crowded LOGIN CONNECTION LIMIT 0"});
  const Error error = refusal_of(url("crowded"));
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_EQ(error.sqlstate(), "53300");
}

TEST_F(Connect, TellsAServerThatIsNotThere) {
  const Error socket = refusal_of("postgresql://postgres@/db?host=/nonexistent");
  EXPECT_EQ(socket.code(), ErrorCode::unreachable);
  EXPECT_STREQ(socket.what(),
               "cannot connect to /nonexistent/.s.PGSQL.5432 db: No such file or directory");
  EXPECT_THAT(socket.hint(), HasSubstr("socket folder"));
  const Error refused = refusal_of("postgresql://u:hunter2@127.0.0.1:1/db");
  EXPECT_EQ(refused.code(), ErrorCode::unreachable);
  EXPECT_STREQ(refused.what(),
               "cannot connect to postgresql://u@127.0.0.1:1/db: Connection refused");
}

// Accepts connections (the kernel does) and never answers.
class SilentServer {
 public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_, generic, size), 0);
    EXPECT_EQ(listen(socket_, 8), 0);
    EXPECT_EQ(getsockname(socket_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { close(socket_); }
  std::string url(const std::string& more = "") const {
    return "postgresql://u@127.0.0.1:" + std::to_string(port_) + "/db" + more;
  }

 private:
  int socket_;
  int port_ = 0;
};

TEST_F(Connect, GivesUpOnASilentServer) {
  const SilentServer server;
  const Error error = refusal_of(server.url(), {.connect_timeout = milliseconds{60}});
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_THAT(error.what(), HasSubstr("no answer within 60 ms"));
}

TEST_F(Connect, LetsTheUrlDecideTheTimeout) {
  const SilentServer server;
  const Error error =
      refusal_of(server.url("?connect_timeout=1"), {.connect_timeout = milliseconds{0}});
  EXPECT_THAT(error.what(), HasSubstr("no answer within 1"));
}

TEST_F(Connect, WorksOnceWhileTheServerMakesTheSession) {
  int calls = 0;
  Database database = connect({.meanwhile = [&] { ++calls; }});
  EXPECT_EQ(calls, 1);
  database.reconnect();
  EXPECT_EQ(calls, 1);
  refusal_of("postgresql://u@127.0.0.1:1/db", {.meanwhile = [&] { ++calls; }});
  EXPECT_EQ(calls, 1);  // nobody was there to wait for
}

TEST_F(Connect, BeginsTheWorkMeanwhileOnceTheServerKnowsWhoWantsToConnect) {
  const SilentServer server;
  int calls = 0;
  const auto count = [&](const std::string& mode) {
    const Error error =
        refusal_of(server.url("?sslmode=" + mode),
                   {.connect_timeout = milliseconds{60}, .meanwhile = [&] { ++calls; }});
    EXPECT_THAT(error.what(), HasSubstr("no answer within 60 ms"));
    return calls;
  };
  EXPECT_EQ(count("prefer"), 0);  // it was only asked whether it has TLS
  EXPECT_EQ(count("disable"), 1);
}

TEST_F(Connect, EndsWhenTheWorkMeanwhileFails) {
  const auto fail = [] { throw Error{ErrorCode::data, "a mistake in a file"}; };
  EXPECT_STREQ(refusal_of(url(), {.meanwhile = fail}).what(), "a mistake in a file");
}

TEST_F(Connect, StopsWaitingWhenAskedTo) {
  const SilentServer server;
  Interrupt interrupt;
  interrupt.request(Interrupt::Signal::interrupt);
  const Error error = error_of([&] { Database(parse_target(server.url()), {}, &interrupt); });
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
}

}  // namespace
}  // namespace pcx::db
