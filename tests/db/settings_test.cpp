#include "db/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pcx::db {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SettingsSql, LeavesOutWhatAnOlderServerDoesNotKnow) {
  EXPECT_THAT(settings_sql({}, 140000, Scope::session),
              HasSubstr("set_config('client_connection_check_interval', '500ms', false)"));
  EXPECT_THAT(settings_sql({}, 130022, Scope::session),
              Not(HasSubstr("client_connection_check_interval")));
}

TEST(SettingsSql, IsLocalInsideATransaction) {
  const std::string sql = settings_sql({.read_only = true}, 150000, Scope::transaction);
  EXPECT_THAT(sql, Not(HasSubstr("false)")));
  EXPECT_THAT(sql, HasSubstr("set_config('transaction_read_only', 'on', true)"));
}

// ALTER DATABASE ... SET default_transaction_read_only = on is how somebody keeps writers out.
TEST(SettingsSql, NeverSwitchesReadOnlyOff) {
  EXPECT_THAT(settings_sql({}, 150000, Scope::session), Not(HasSubstr("read_only")));
  EXPECT_THAT(settings_sql({.read_only = true}, 150000, Scope::session),
              HasSubstr("set_config('default_transaction_read_only', 'on', false)"));
}

TEST(SettingsSql, KeepsTheServersLimitsUnlessAsked) {
  EXPECT_THAT(settings_sql({}, 150000, Scope::session), Not(HasSubstr("lock_timeout")));
  EXPECT_THAT(settings_sql({}, 150000, Scope::session), Not(HasSubstr("idle_in_transaction")));
  EXPECT_THAT(settings_sql({.lock_timeout = milliseconds{5}}, 150000, Scope::session),
              HasSubstr("set_config('lock_timeout', '5ms', false)"));
}

TEST(ConnectionKeywords, LetsTheTargetChangeKeepalivesButNotTheEncoding) {
  Target target;
  target.keywords = {{"keepalives_idle", "5"}, {"client_encoding", "LATIN1"}};
  wire::Keywords last;  // libpq takes the last of equal keywords
  for (const auto& pair : connection_keywords(target, {.application_name = "pcx x"})) {
    std::erase_if(last, [&](const auto& other) { return other.first == pair.first; });
    last.push_back(pair);
  }
  EXPECT_THAT(last, ::testing::Contains(::testing::Pair("keepalives_idle", "5")));
  EXPECT_THAT(last, ::testing::Contains(::testing::Pair("tcp_user_timeout", "60000")));
  EXPECT_THAT(last, ::testing::Contains(::testing::Pair("client_encoding", "UTF8")));
  EXPECT_THAT(last, ::testing::Contains(::testing::Pair("application_name", "pcx x")));
}

TEST(ConnectTimeout, IsTheUrlsWhereItIsANumber) {
  Target target;
  EXPECT_EQ(connect_timeout(target, {.connect_timeout = milliseconds{7}}), milliseconds{7});
  target.keywords = {{"connect_timeout", "0"}};
  EXPECT_EQ(connect_timeout(target, {}), milliseconds{0});
  target.keywords = {{"connect_timeout", "3"}};
  EXPECT_EQ(connect_timeout(target, {}), milliseconds{3'000});
  target.keywords = {{"connect_timeout", "3s"}};
  EXPECT_EQ(connect_timeout(target, {.connect_timeout = milliseconds{7}}), milliseconds{7});
}

}  // namespace
}  // namespace pcx::db
