#include "db/wire_error.h"

#include <gtest/gtest.h>

namespace pcx::db::wire {
namespace {

ConnectFailure failure(std::string text) { return {.text = std::move(text), .described = "here"}; }

struct Refusal {
  const char* text;
  ErrorCode code;
  const char* message;
  const char* sqlstate;
};

class ConnectError : public ::testing::TestWithParam<Refusal> {};

TEST_P(ConnectError, SaysWhy) {
  const Error error = connect_error(failure(GetParam().text));
  EXPECT_EQ(error.code(), GetParam().code);
  EXPECT_STREQ(error.what(), GetParam().message);
  EXPECT_EQ(error.sqlstate(), GetParam().sqlstate);
  EXPECT_FALSE(error.hint().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ConnectError,
    ::testing::Values(
        Refusal{"connection to server on socket \"/s/.s.PGSQL.5432\" failed: FATAL:  57P03: the "
                "database system is starting up\nLOCATION:  ProcessStartupPacket, postmaster.c\n",
                ErrorCode::busy, "cannot connect to here: the database system is starting up",
                "57P03"},
        Refusal{"connection to server at \"h\" (10.0.0.1), port 5432 failed: Connection refused\n\t"
                "Is the server running on that host and accepting TCP/IP connections?\n",
                ErrorCode::unreachable, "cannot connect to here: Connection refused", "08001"},
        Refusal{"could not translate host name \"nix\" to address: Name or service not known\n",
                ErrorCode::unreachable,
                "cannot connect to here: could not translate host name \"nix\" to address: Name or "
                "service not known",
                "08001"},
        Refusal{"connection failed: FATAL:  53300: sorry, too many clients already\n",
                ErrorCode::busy, "cannot connect to here: sorry, too many clients already",
                "53300"}));

TEST(ConnectError, AsksForAPasswordThatIsMissing) {
  ConnectFailure missing = failure("connection failed: fe_sendauth: no password supplied\n");
  missing.needs_password = true;
  EXPECT_EQ(connect_error(missing).code(), ErrorCode::permission);
  EXPECT_STREQ(connect_error(missing).what(), "cannot connect to here: no password supplied");
}

TEST(ToError, PrefersTheServersHint) {
  const ServerError server{.sqlstate = "42501", .message = "permission denied", .hint = "Ask Ann."};
  EXPECT_EQ(to_error(server, "").hint(), "Ask Ann.");
  EXPECT_NE(to_error({.sqlstate = "42501"}, "").hint(), "");
}

TEST(ToError, PutsWhatElseTheServerSaidIntoTheDetail) {
  const Error error = to_error({.sqlstate = "22012",
                                .message = "division by zero\nreally",
                                .detail = "Detail.",
                                .schema = "s",
                                .table = "t",
                                .column = "c",
                                .constraint = "k",
                                .context = "PL/pgSQL function f()",
                                .internal_query = "SELECT\n1/0",
                                .internal_position = 9},
                               "test.it");
  EXPECT_STREQ(error.what(), "test.it: division by zero");
  EXPECT_EQ(error.detail(),
            "really\nDetail.\nconstraint \"k\", column \"c\", table \"t\", schema \"s\"\n"
            "in the inner query, line 2, column 2: SELECT\n1/0\nPL/pgSQL function f()");
}

TEST(LostError, SpeaksForASilentConnection) {
  EXPECT_STREQ(lost_error("", "a.b").what(), "a.b: the server closed the connection");
  EXPECT_EQ(lost_error("gone", "").sqlstate(), "08006");
}

TEST(DescribeServer, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(describe_server("", "h", "", ""), "postgresql://h");
  EXPECT_EQ(describe_server("u", "h", "1", "d"), "postgresql://u@h:1/d");
  EXPECT_EQ(describe_server("u", "/s", "1", "d"), "/s/.s.PGSQL.1 d");
  EXPECT_EQ(describe_server("", "", "", "d"), "d");
}

}  // namespace
}  // namespace pcx::db::wire
