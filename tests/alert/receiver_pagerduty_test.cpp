#include "alert/receiver_pagerduty.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/json.h"
#include "tests/alert/pagerduty_model.h"
#include "tests/alert/receiver_rig.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PagerDuty : public ::testing::Test {
 protected:
  PagerDuty() {
    rig.server.answer_with(
        [this](const testing::Received& request) { return model.take(request); });
    config = rig.config(ReceiverKind::pagerduty);
  }

  std::string body_of(const Notification& notification) const {
    return pagerduty_body(config, notification, "db1", kRoutingKey);
  }

  ReceiverRig rig;
  PagerDutyModel model;
  ReceiverConfig config;
};

TEST_F(PagerDuty, IsToldOfATrigger) {
  config.client_url = "https://pcx.example.org";
  EXPECT_EQ(body_of(sample_notification()),
            R"({"routing_key":"0123456789abcdef0123456789ABCDEF","event_action":"trigger",)"
            R"("dedup_key":"pcx/production/LowStock/0123456789abcdef","client":"pcx",)"
            R"("client_url":"https://pcx.example.org",)"
            R"("payload":{"summary":"12 items below reorder point","source":"db1",)"
            R"("severity":"warning","timestamp":"2026-03-08T07:00:00.000Z","group":"north",)"
            R"("custom_details":{"why":"fired","began_at":"2026-03-08T06:50:00.000Z",)"
            R"("alerts":[{"value":12.0,"active_since":"2026-03-08T06:50:00.000Z",)"
            R"("severity":"warning","rule":"practice/LowStock/warning",)"
            R"("labels":{"alertname":"LowStock","severity":"warning","tenant":"north"},)"
            R"("annotations":{"runbook_url":"https://wiki.example.org/alerts#low-stock",)"
            R"("summary":"12 items below reorder point"}}]}},)"
            R"("links":[{"href":"https://wiki.example.org/alerts#low-stock",)"
            R"("text":"Runbook"}]})");
}

TEST_F(PagerDuty, NeedsThreeMembersToAcknowledgeAndResolve) {
  EXPECT_EQ(body_of(sample_notification(Action::acknowledge)),
            R"({"routing_key":"0123456789abcdef0123456789ABCDEF","event_action":"acknowledge",)"
            R"("dedup_key":"pcx/production/LowStock/0123456789abcdef"})");
  EXPECT_EQ(body_of(sample_notification(Action::resolve)),
            R"({"routing_key":"0123456789abcdef0123456789ABCDEF","event_action":"resolve",)"
            R"("dedup_key":"pcx/production/LowStock/0123456789abcdef"})");
}

TEST_F(PagerDuty, HasOneIncidentUntilItIsResolved) {
  for (const Action action : {Action::trigger, Action::trigger, Action::acknowledge,
                              Action::trigger, Action::resolve, Action::resolve}) {
    const Attempt attempt = rig.send(config, sample_notification(action));
    EXPECT_EQ(attempt.verdict, Verdict::delivered) << attempt.words;
  }
  ASSERT_EQ(model.incidents().size(), 1u);
  const PagerDutyIncident incident = model.incidents().begin()->second;
  EXPECT_EQ(model.incidents().begin()->first.first, kRoutingKey);
  EXPECT_THAT(incident.actions,
              ElementsAre("trigger", "trigger", "acknowledge", "trigger", "resolve"));
  EXPECT_EQ(incident.opened, 1);
  EXPECT_EQ(incident.dropped, 1);
  EXPECT_THAT(model.faults(), IsEmpty());
}

TEST_F(PagerDuty, CutsTheSummaryBetweenCharacters) {
  Notification long_one = sample_notification();
  long_one.summary.clear();
  for (int i = 0; i < 1024; ++i) long_one.summary += "\U0001f408";
  const auto summary_of = [&] {
    const Document body = parse_json(body_of(long_one), "body");
    return *body.find("payload")->find("summary")->text();
  };
  EXPECT_EQ(summary_of(), long_one.summary);
  long_one.summary += "x";
  const std::string cut = summary_of();
  EXPECT_EQ(cut, long_one.summary.substr(0, 1023 * 4) + "\u2026");
}

TEST_F(PagerDuty, TellsTheKeyWhenThereIsNoSummary) {
  Notification blank = sample_notification();
  blank.summary = " \n ";
  const Document body = parse_json(body_of(blank), "body");
  EXPECT_EQ(*body.find("payload")->find("summary")->text(), blank.dedup_key);
}

TEST_F(PagerDuty, LeavesOutDetailsThatAreTooLarge) {
  Notification large = sample_notification();
  large.members[0].annotations["description"] = std::string(512'000, 'x');
  const Document body = parse_json(body_of(large), "body");
  EXPECT_THAT(to_json(*body.find("payload")->find("custom_details")),
              HasSubstr("exceeds the maximum size"));
  EXPECT_EQ(rig.send(config, large).verdict, Verdict::delivered);
}

TEST_F(PagerDuty, KeepsDetailsThatJustFit) {
  Notification large = sample_notification();
  large.members[0].annotations["description"] = "";
  const std::size_t rest = kPagerDutyBodyMax - body_of(large).size();
  large.members[0].annotations["description"] = std::string(rest, 'x');
  EXPECT_EQ(body_of(large).size(), kPagerDutyBodyMax);
  EXPECT_THAT(body_of(large), Not(HasSubstr("exceeds")));
  large.members[0].annotations["description"] += "x";
  EXPECT_THAT(body_of(large), HasSubstr("exceeds"));
}

TEST_F(PagerDuty, TakesClassGroupAndComponentFromLabels) {
  Notification labelled = sample_notification();
  labelled.members[0].labels["class"] = "kpi";
  labelled.members[0].labels["group"] = "stock";
  labelled.members[0].labels["component"] = "inventory";
  const Document body = parse_json(body_of(labelled), "body");
  const Document& payload = *body.find("payload");
  EXPECT_EQ(*payload.find("class")->text(), "kpi");
  EXPECT_EQ(*payload.find("group")->text(), "stock");
  EXPECT_EQ(*payload.find("component")->text(), "inventory");
}

TEST_F(PagerDuty, LinksOnlyToHttps) {
  for (const char* url : {"http://wiki.example.org", "javascript:alert(1)", "https://", "",
                          "https://user:s3cret@wiki.example.org", "https://wiki/ x"}) {
    Notification linked = sample_notification();
    linked.members[0].annotations = {{"runbook_url", url}, {"image_url", url}};
    const Document body = parse_json(body_of(linked), "body");
    EXPECT_EQ(body.find("links"), nullptr) << url;
    EXPECT_EQ(body.find("images"), nullptr) << url;
  }
}

TEST_F(PagerDuty, ShowsAnImage) {
  Notification pictured = sample_notification();
  pictured.members[0].annotations["image_url"] = "https://charts.example.org/1.png?w=2";
  const Document body = parse_json(body_of(pictured), "body");
  EXPECT_EQ(to_json(*body.find("images")), R"([{"src":"https://charts.example.org/1.png?w=2",)"
                                           R"("alt":"12 items below reorder point"}])");
  EXPECT_EQ(rig.send(config, pictured).verdict, Verdict::delivered);
}

TEST_F(PagerDuty, IsNotAskedAboutDedupKeysThatItWouldCut) {
  for (const std::string& key : {std::string{}, std::string(256, 'k')}) {
    Notification notification = sample_notification();
    notification.dedup_key = key;
    EXPECT_EQ(rig.send(config, notification).verdict, Verdict::refused);
  }
  EXPECT_THAT(rig.server.requests(), IsEmpty());
  Notification longest = sample_notification();
  longest.dedup_key.clear();
  for (int i = 0; i < 255; ++i) longest.dedup_key += "\u00e9";
  EXPECT_EQ(rig.send(config, longest).verdict, Verdict::delivered);
}

TEST_F(PagerDuty, IsNotAskedWithAKeyOfAnotherLength) {
  for (const std::string& key :
       {std::string(31, 'a'), std::string(33, 'a'), "u+" + std::string(30, 'a')}) {
    rig.variables[std::string{kPagerDutyVariable}] = key;
    const Error error = error_of([&] { rig.send(config, sample_notification()); });
    EXPECT_EQ(error.code(), ErrorCode::config);
    EXPECT_STREQ(error.what(), "receiver it: the routing key is not 32 letters and digits");
  }
  EXPECT_THAT(rig.server.requests(), IsEmpty());
}

TEST_F(PagerDuty, GetsNoKeyInClearTextOverANetwork) {
  config.url = "http://events.example.org";
  const Error error = error_of([&] { rig.send(config, sample_notification()); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_THAT(error.what(), HasSubstr("clear text"));
  EXPECT_THAT(rig.timeouts, IsEmpty());
}

TEST_F(PagerDuty, SaysWhyItRefuses) {
  rig.server.then(testing::answer(
      400, std::string{R"({"status":"invalid event","message":"Event object is invalid",)"} +
               R"("errors":["no routing_key )" + kRoutingKey + R"("]})"));
  EXPECT_EQ(rig.send(config, sample_notification()),
            (Attempt{.verdict = Verdict::refused,
                     .words = "answered 400: Event object is invalid; no routing_key ***"}));
}

}  // namespace
}  // namespace pcx::alert
