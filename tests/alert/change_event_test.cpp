#include "alert/change_event.h"

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

class ChangeEvents : public ::testing::Test {
 protected:
  ChangeEvents() {
    rig.server.answer_with(
        [this](const testing::Received& request) { return model.take(request); });
    config = rig.config(ReceiverKind::pagerduty);
    event.summary = "migration 20260308 applied";
    event.at = time_of("2026-03-08T07:00:00Z");
  }

  Attempt send() { return send_change(config, rig.tools(), event, kTimeMax); }

  ReceiverRig rig;
  PagerDutyModel model;
  ReceiverConfig config;
  ChangeEvent event;
};

TEST_F(ChangeEvents, AreWhatPagerDutyTakes) {
  event.details.set("migrations", 3);
  event.links = {"https://ci.example.org/7", "http://ci.example.org/7",
                 "https://git.example.org/8"};
  EXPECT_EQ(send(), (Attempt{.verdict = Verdict::delivered}));
  EXPECT_THAT(model.faults(), IsEmpty());
  EXPECT_THAT(
      model.changes(),
      ElementsAre(R"({"routing_key":"0123456789abcdef0123456789ABCDEF","payload":{)"
                  R"("summary":"migration 20260308 applied",)"
                  R"("timestamp":"2026-03-08T07:00:00.000Z","source":"db1.example.org",)"
                  R"("custom_details":{"migrations":3}},"links":[)"
                  R"({"href":"https://ci.example.org/7","text":"https://ci.example.org/7"},)"
                  R"({"href":"https://git.example.org/8","text":"https://git.example.org/8"}]})"));
}

TEST_F(ChangeEvents, HaveTheSourceThatIsNearest) {
  const auto source = [&] {
    const Document body = parse_json(change_body(config, event, "host", kRoutingKey), "body");
    return *body.find("payload")->find("source")->text();
  };
  EXPECT_EQ(source(), "host");
  config.source = "practice";
  EXPECT_EQ(source(), "practice");
  event.source = "ci";
  EXPECT_EQ(source(), "ci");
}

TEST_F(ChangeEvents, AreCutToWhatPagerDutyTakes) {
  event.summary = std::string(2000, 'x');
  event.details.set("log", std::string(600'000, 'y'));
  EXPECT_EQ(send().verdict, Verdict::delivered);
  EXPECT_THAT(model.faults(), IsEmpty());
  EXPECT_THAT(model.changes().at(0), HasSubstr("the details were left out"));
}

TEST_F(ChangeEvents, AreNotForRulesets) {
  rig.variables[std::string{kPagerDutyVariable}] = "R" + std::string(31, 'a');
  const Error error = error_of([&] { send(); });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_THAT(error.what(), HasSubstr("its routing key is a ruleset's"));
  EXPECT_THAT(rig.server.requests(), IsEmpty());
}

TEST_F(ChangeEvents, AreForPagerDutyAlone) {
  config.kind = ReceiverKind::slack;
  EXPECT_EQ(error_of([&] { send(); }).code(), ErrorCode::config);
}

TEST_F(ChangeEvents, NeedASummary) {
  event.summary = " \n";
  EXPECT_EQ(send(), (Attempt{.verdict = Verdict::refused, .words = "the summary is empty"}));
  EXPECT_THAT(rig.server.requests(), IsEmpty());
}

}  // namespace
}  // namespace pcx::alert
