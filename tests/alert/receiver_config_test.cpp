#include "alert/receiver_config.h"

#include <sys/stat.h>

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReadReceivers : public ::testing::Test {
 protected:
  // The receivers of a file with these lines below `alert.receivers`.
  std::vector<ReceiverConfig> read(const std::string& lines, unsigned mode = 0600) {
    std::string text = "alert:\n  receivers:\n";
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t end = std::min(lines.find('\n', at), lines.size());
      text += "    " + lines.substr(at, end - at) + "\n";
      at = end + 1;
    }
    const auto path = folder.write("config.yaml", text, mode);
    return read_receivers(read_config(path, receiver_config_keys()));
  }

  testing::TemporaryFolder folder;
};

TEST_F(ReadReceivers, AreNoneWithoutASection) {
  EXPECT_THAT(read_receivers(Config{}), IsEmpty());
  EXPECT_THAT(read(""), IsEmpty());
}

TEST_F(ReadReceivers, OfPagerDutyNeedsNothing) {
  const auto all = read("pd: {kind: pagerduty}");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].name, "pd");
  EXPECT_EQ(all[0].url, "https://events.pagerduty.com");
  EXPECT_EQ(all[0].secret_variable, "PAGERDUTY_INTEGRATION_KEY");
  EXPECT_EQ(all[0].calls_per_minute_max, 100);
  EXPECT_EQ(all[0].timeout, 10s);
  EXPECT_EQ(all[0].client, "pcx");
  EXPECT_EQ(all[0].route.receiver, "pd");
  EXPECT_FALSE(all[0].route.is_default);
  EXPECT_FALSE(all[0].route.is_resent_always);
  EXPECT_EQ(all[0].place.line, 3);
}

TEST_F(ReadReceivers, KeepTheirOrderAndAllOfTheirKeys) {
  const auto all = read(R"(z-pd:
  kind: pagerduty
  url: https://events.eu.pagerduty.com/
  secret_file: /etc/pcx/pd.key
  ca_file: /etc/pcx/ca.pem
  client: pcx on db1
  client_url: https://pcx.example.org/?a=b
  source: practice
  timeout: 3s
  calls_per_minute_max: 7
  repeat: 4h
  group_by: [alertname, tenant]
  default: true
am:
  kind: alertmanager
  url: http://localhost:9093/prefix/
  interval: 1m
  secret_variable: AM_AUTHORIZATION
hook: {kind: webhook, url: "https://example.org/hook?x=y", secret_file: /k}
secret-hook: {kind: webhook, url_file: /u}
slack: {kind: slack, secret_file: /s, group_by: tenant}
out: {kind: stdout})");
  ASSERT_EQ(all.size(), 6u);
  const ReceiverConfig& pd = all[0];
  EXPECT_EQ(pd.name, "z-pd");
  EXPECT_EQ(pd.url, "https://events.eu.pagerduty.com");
  EXPECT_EQ(pd.secret_file, "/etc/pcx/pd.key");
  EXPECT_EQ(pd.secret_variable, "");
  EXPECT_EQ(pd.ca_file, "/etc/pcx/ca.pem");
  EXPECT_EQ(pd.client, "pcx on db1");
  EXPECT_EQ(pd.client_url, "https://pcx.example.org/?a=b");
  EXPECT_EQ(pd.source, "practice");
  EXPECT_EQ(pd.timeout, 3s);
  EXPECT_EQ(pd.calls_per_minute_max, 7);
  EXPECT_EQ(pd.route.repeat, 4h);
  EXPECT_THAT(pd.route.group_by, ElementsAre("alertname", "tenant"));
  EXPECT_TRUE(pd.route.is_default);
  EXPECT_EQ(all[1].url, "http://localhost:9093/prefix");
  EXPECT_EQ(all[1].interval, 60s);
  EXPECT_EQ(all[1].secret_variable, "AM_AUTHORIZATION");
  EXPECT_EQ(all[1].calls_per_minute_max, 0);
  EXPECT_TRUE(all[1].route.is_resent_always);
  EXPECT_EQ(all[2].url, "https://example.org/hook?x=y");
  EXPECT_EQ(all[3].url_file, "/u");
  EXPECT_EQ(all[4].calls_per_minute_max, 50);
  EXPECT_THAT(all[4].route.group_by, ElementsAre("tenant"));
  EXPECT_EQ(all[5].kind, ReceiverKind::standard_output);
}

TEST_F(ReadReceivers, OfMailHasSendmail) {
  const auto all = read(R"(mail: {kind: email, to: root}
mails: {kind: email, to: [a@example.org, b+c@example.org], from: pcx@example.org,
  command: [/usr/bin/msmtp, -a, pcx]})");
  EXPECT_THAT(all[0].command, ElementsAre("/usr/sbin/sendmail"));
  EXPECT_THAT(all[0].to, ElementsAre("root"));
  EXPECT_EQ(all[0].calls_per_minute_max, 60);
  EXPECT_THAT(all[1].command, ElementsAre("/usr/bin/msmtp", "-a", "pcx"));
  EXPECT_THAT(all[1].to, ElementsAre("a@example.org", "b+c@example.org"));
  EXPECT_EQ(all[1].from, "pcx@example.org");
}

TEST_F(ReadReceivers, OfProgramsComeFromAFileThatNobodyElseCanChange) {
  const std::string lines = "run: {kind: exec, command: [/bin/true, x]}";
  EXPECT_THAT(read(lines).at(0).command, ElementsAre("/bin/true", "x"));
  const Error error = error_of([&] { read(lines, 0666); });
  EXPECT_EQ(error.code(), ErrorCode::permission);
  EXPECT_THAT(error.what(), HasSubstr("config.yaml names a command and can be changed by others"));
  EXPECT_THAT(read("mail: {kind: email, to: root}", 0666).at(0).command, ElementsAre(kSendmail));
}

struct Wrong {
  const char* lines;
  int line;
  int column;
  const char* what;
};

TEST_F(ReadReceivers, SaysWhatIsWrongAndWhere) {
  const Wrong cases[] = {
      {"pd: {}", 3, 5, "receiver pd has no kind"},
      {"pd: {kind: pagerdutty}", 3, 16, "receiver pd: kind \"pagerdutty\" is none"},
      {"pd: {kind: [a]}", 3, 16, "receiver pd: kind is not a text"},
      {"\"a,b\": {kind: stdout}", 3, 5, "\"a,b\" is no name of a receiver"},
      {"pd: {kind: pagerduty, to: root}", 3, 27, "receiver pd: to does not go with kind pagerduty"},
      {"out: {kind: stdout, url: x}", 3, 25, "receiver out: url does not go with kind stdout"},
      {"pd: {kind: pagerduty, url: ftp://x}", 3, 32,
       "receiver pd: url is no URL: not a URL that can be called: its scheme is neither http nor "
       "https"},
      {"pd: {kind: pagerduty, url: \"https://x/?a\"}", 3, 32, "receiver pd: url has a query"},
      {"pd: {kind: pagerduty, client_url: x}", 3, 39, "receiver pd: client_url is no URL"},
      {"am: {kind: alertmanager}", 3, 5, "receiver am: url is missing"},
      {"hook: {kind: webhook}", 3, 5, "receiver hook: url is missing"},
      {"hook: {kind: webhook, url: \"https://x\", url_file: /u}", 3, 55,
       "receiver hook: url_file does not go with url"},
      {"slack: {kind: slack}", 3, 5, "receiver slack: secret_file is missing"},
      {"pd: {kind: pagerduty, secret_file: /a, secret_variable: B}", 3, 61,
       "receiver pd: secret_variable does not go with secret_file"},
      {"run: {kind: exec}", 3, 5, "receiver run: command is missing"},
      {"run: {kind: exec, command: [true]}", 3, 32,
       "receiver run: command begins with no absolute path"},
      {"mail: {kind: email}", 3, 5, "receiver mail: to is missing"},
      {"mail: {kind: email, to: [a@x, -f]}", 3, 29,
       "receiver mail: to has \"-f\", which is no address"},
      {"mail: {kind: email, to: a@x, from: \"A <a@x>\"}", 3, 40,
       "receiver mail: from is no address"},
      {"pd: {kind: pagerduty, timeout: 10}", 3, 36, "receiver pd: timeout is no duration"},
      {"pd: {kind: pagerduty, timeout: 0s}", 3, 36, "receiver pd: timeout is 0"},
      {"am: {kind: alertmanager, url: \"http://x\", interval: 0s}", 3, 57,
       "receiver am: interval is 0"},
      {"pd: {kind: pagerduty, calls_per_minute_max: -1}", 3, 49,
       "receiver pd: calls_per_minute_max is no whole number from 0"},
      {"pd: {kind: pagerduty, default: yes}", 3, 36, "receiver pd: default is neither true nor"},
      {"pd: {kind: pagerduty, group_by: [a-b]}", 3, 37,
       "receiver pd: group_by has \"a-b\", which is no label's name"},
      {"pd: {kind: pagerduty, source: \"a\\nb\"}", 3, 35,
       "receiver pd: source has control characters"},
  };
  for (const Wrong& each : cases) {
    const Error error = error_of([&] { read(each.lines); });
    EXPECT_EQ(error.code(), ErrorCode::config) << each.lines;
    EXPECT_THAT(error.what(), HasSubstr(each.what)) << each.lines;
    EXPECT_EQ(error.location().line, each.line) << each.lines;
    EXPECT_EQ(error.location().column, each.column) << each.lines;
  }
}

TEST_F(ReadReceivers, GuessWhichKindWasMeant) {
  EXPECT_EQ(error_of([&] { read("pd: {kind: pagerdutty}"); }).hint(),
            "Did you mean \"pagerduty\"?");
  EXPECT_EQ(error_of([&] { read("pd: {kind: opsgenie}"); }).hint(),
            "Kinds are pagerduty, alertmanager, slack, webhook, email, exec, stdout.");
}

}  // namespace
}  // namespace pcx::alert
