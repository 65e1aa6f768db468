#include "alert/receiver_alertmanager.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/json.h"
#include "tests/alert/receiver_rig.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Alertmanager, IsToldOfEachAlertWithAnEndThreeIntervalsAhead) {
  ReceiverRig rig;
  ReceiverConfig config = rig.config(ReceiverKind::alertmanager);
  config.interval = 60s;
  config.client_url = "https://pcx.example.org";
  Notification notification = sample_notification();
  notification.members.push_back(sample_member("south"));
  EXPECT_EQ(rig.send(config, notification), (Attempt{.verdict = Verdict::delivered}));
  const auto request = rig.server.requests().at(0);
  EXPECT_EQ(request.target, "/api/v2/alerts");
  EXPECT_EQ(request.header("Content-Type"), "application/json");
  const Document body = parse_json(request.body, "body");
  ASSERT_EQ(body.items().size(), 2u);
  EXPECT_EQ(to_json(body.items()[0]),
            R"({"labels":{"alertname":"LowStock","severity":"warning","tenant":"north"},)"
            R"("annotations":{"runbook_url":"https://wiki.example.org/alerts#low-stock",)"
            R"("summary":"12 items below reorder point"},)"
            R"("startsAt":"2026-03-08T06:50:00.000Z","endsAt":"2026-03-08T07:03:05.000Z",)"
            R"("generatorURL":"https://pcx.example.org"})");
  EXPECT_EQ(*body.items()[1].find("labels")->find("tenant")->text(), "south");
}

TEST(Alertmanager, IsToldThatTheyEndedNow) {
  ReceiverRig rig;
  rig.send(rig.config(ReceiverKind::alertmanager), sample_notification(Action::resolve));
  EXPECT_THAT(rig.server.requests().at(0).body,
              HasSubstr(R"("endsAt":"2026-03-08T07:00:05.000Z")"));
}

TEST(Alertmanager, IsNeverToldOfAnEndBeforeTheBeginning) {
  Notification ahead = sample_notification(Action::resolve);
  ahead.members[0].active_since = time_of("2026-03-08T07:30:00Z");
  EXPECT_THAT(alertmanager_body({}, ahead, time_of("2026-03-08T07:00:00Z")),
              HasSubstr(R"("endsAt":"2026-03-08T07:30:00.000Z")"));
}

TEST(Alertmanager, GetsNoLabelsThatItWouldRefuse) {
  Notification odd = sample_notification();
  odd.members[0].labels = {{"alertname", "A"}, {"not-a-name", "x"}, {"empty", ""}, {"u", "\xff"}};
  odd.members[0].annotations.clear();
  const Document body = parse_json(alertmanager_body({}, odd, odd.at), "body");
  EXPECT_EQ(to_json(*body.items()[0].find("labels")), "{\"alertname\":\"A\",\"u\":\"\ufffd\"}");
}

TEST(Alertmanager, KnowsNoAcknowledgement) {
  ReceiverRig rig;
  EXPECT_EQ(
      rig.send(rig.config(ReceiverKind::alertmanager), sample_notification(Action::acknowledge)),
      (Attempt{.verdict = Verdict::delivered}));
  EXPECT_THAT(rig.server.requests(), IsEmpty());
}

TEST(Alertmanager, GetsCredentialsAndNobodyElseDoes) {
  ReceiverRig rig;
  ReceiverConfig config = rig.config(ReceiverKind::alertmanager);
  config.secret_file = rig.secret("Basic cGN4OnMzY3JldA==\n");
  rig.server.then(answer(401, "who is Basic cGN4OnMzY3JldA==?"));
  EXPECT_EQ(rig.send(config, sample_notification()).words, "answered 401: who is ***?");
  EXPECT_EQ(rig.server.requests().at(0).header("Authorization"), "Basic cGN4OnMzY3JldA==");
  config.url = "http://am.example.org:9093";
  EXPECT_THAT(error_of([&] { rig.send(config, sample_notification()); }).what(),
              HasSubstr("clear text"));
}

TEST(Alertmanager, IsNotAskedAgainWhenItRefuses) {
  ReceiverRig rig;
  for (const int status : {400, 415, 422}) {
    rig.server.then(answer(status, R"("start time must be before end time")"));
    const Attempt attempt = rig.send(rig.config(ReceiverKind::alertmanager), sample_notification());
    EXPECT_EQ(attempt.verdict, Verdict::refused);
    EXPECT_THAT(attempt.words, HasSubstr(": start time must be before end time"));
  }
}

}  // namespace
}  // namespace pcx::alert
