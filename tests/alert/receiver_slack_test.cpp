#include "alert/receiver_slack.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/json.h"
#include "tests/alert/receiver_rig.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using testing::answer;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::Not;

const char* const kPath = "/services/T00000000/B00000000/SecretSecretSecretSecret";

TEST(Slack, ShowsAHeadlineAndTheAlerts) {
  EXPECT_EQ(slack_body(sample_notification()),
            R"({"text":"FIRING warning: 12 items below reorder point","blocks":[)"
            R"({"type":"header","text":{"type":"plain_text",)"
            R"("text":"FIRING warning: 12 items below reorder point"}},)"
            R"({"type":"section","text":{"type":"mrkdwn","text":)"
            R"("12 items below reorder point: value 12 since 2026-03-08T06:50:00.000Z\n)"
            R"({alertname=\"LowStock\", severity=\"warning\", tenant=\"north\"})"
            R"(\n<https://wiki.example.org/alerts#low-stock|Runbook>"}},)"
            R"({"type":"context","elements":[{"type":"mrkdwn","text":)"
            R"("fired at 2026-03-08T07:00:00.000Z, )"
            R"(key pcx/production/LowStock/0123456789abcdef"}]}]})");
}

TEST(Slack, MentionsNobodyWhateverTheDataSay) {
  Notification loud = sample_notification();
  loud.summary = "<!channel> & <https://evil.example.org|here>";
  loud.members[0].annotations["summary"] = loud.summary;
  const std::string body = slack_body(loud);
  EXPECT_THAT(body, HasSubstr("\"text\":\"FIRING warning: &lt;!channel&gt; &amp; &lt;https"));
  EXPECT_THAT(body, Not(HasSubstr("\"mrkdwn\",\"text\":\"<!channel>")));
}

TEST(Slack, ShowsTwentyAlertsAndCountsTheRest) {
  Notification many = sample_notification();
  many.members.assign(70, sample_member());
  const Document body = parse_json(slack_body(many), "body");
  EXPECT_EQ(body.find("blocks")->items().size(), 22u);
  EXPECT_THAT(to_json(body.find("blocks")->items().back()), HasSubstr("and 50 more; fired at"));
}

TEST(Slack, IsReachedByItsUrlAlone) {
  ReceiverRig rig;
  ReceiverConfig config = rig.config(ReceiverKind::slack);
  config.secret_file = rig.secret(rig.server.url(kPath) + "\n");
  rig.server.then(answer(200, "ok"));
  EXPECT_EQ(rig.send(config, sample_notification()), (Attempt{.verdict = Verdict::delivered}));
  EXPECT_EQ(rig.server.requests().at(0).target, kPath);
}

TEST(Slack, ItsUrlIsInNoWords) {
  ReceiverRig rig;
  ReceiverConfig config = rig.config(ReceiverKind::slack);
  config.secret_file = rig.secret(rig.server.url(kPath));
  rig.server.then(answer(404, std::string{"no_team at "} + kPath));
  rig.server.then(answer(403, "token SecretSecretSecretSecret is bad"));
  rig.server.then(testing::reset());
  EXPECT_EQ(rig.send(config, sample_notification()).words, "answered 404: no_team at ***");
  EXPECT_EQ(rig.send(config, sample_notification()).words, "answered 403: token *** is bad");
  EXPECT_THAT(rig.send(config, sample_notification()).words, Not(HasSubstr("Secret")));
}

TEST(Slack, NeedsAUrlThatIsSafe) {
  ReceiverRig rig;
  ReceiverConfig config = rig.config(ReceiverKind::slack);
  for (const std::string url :
       {"http://hooks.example.org/SecretSecretSecret", "hooks.example.org/SecretSecretSecret"}) {
    config.secret_file = rig.secret(url);
    const Error error = error_of([&] { rig.send(config, sample_notification()); });
    EXPECT_EQ(error.code(), ErrorCode::config);
    EXPECT_THAT(error.what() + error.hint(), Not(HasSubstr("SecretSecret")));
  }
}

}  // namespace
}  // namespace pcx::alert
