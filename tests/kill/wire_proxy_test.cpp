#include "tests/support/wire_proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/postgres.h"

namespace pcx::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Then = WireProxy::Then;

class WireProxyTest : public ::testing::Test {
 protected:
  pid_t psql(const std::string& sql) {
    return spawn({"psql", "--no-psqlrc", "--command=" + sql, proxy.url("postgres")});
  }
  // Notes the type of each message, 0 for a packet without one.
  Then note(const WireProxy::Message& message) {
    types += message.type == '\0' ? '0' : message.type;
    if (message.type == '\0') start_up = message.body;
    return Then::carry_on;
  }

  const Postgres server{{.tcp = true}};
  WireProxy proxy{server.port()};
  std::string types;
  std::string start_up;
};

// psql asks for TLS first, which is no part of the conversation.
TEST_F(WireProxyTest, ShowsEachMessageInItsOrder) {
  const int exit = proxy.run(psql("SELECT 1"), [&](const auto& message) { return note(message); });
  EXPECT_EQ(exit, 0);
  EXPECT_THAT(types, StartsWith("0RS"));
  EXPECT_THAT(types, EndsWith("KZQTDCZX"));
  EXPECT_THAT(start_up, HasSubstr("postgres"));
}

TEST_F(WireProxyTest, CutsAfterTheMessageAndNotBefore) {
  const auto cut_at_answer = [&](const WireProxy::Message& message) {
    note(message);
    return types.ends_with("QT") ? Then::cut : Then::carry_on;
  };
  EXPECT_EQ(proxy.run(psql("SELECT 1"), cut_at_answer), 2);  // psql's "connection lost"
  EXPECT_THAT(types, EndsWith("KZQT"));
}

TEST_F(WireProxyTest, CutsAtAMoment) {
  const auto began = std::chrono::steady_clock::now();
  const WireProxy::Alarm alarm{std::chrono::milliseconds{200}, [] { return Then::cut; }};
  const auto observe = [&](const auto& message) { return note(message); };
  EXPECT_EQ(proxy.run(psql("SELECT pg_sleep(600)"), observe, alarm), 2);
  EXPECT_THAT(types, EndsWith("KZQ"));
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{200});
}

}  // namespace
}  // namespace pcx::testing
