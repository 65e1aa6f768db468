#include "kpi/push_newrelic.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/json.h"
#include "tests/kpi/push_rig.h"
#include "tests/kpi/sample_report.h"
#include "tests/kpi/wire_checker.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

testing::Script accepted() { return answer(202, R"({"requestId":"f0e7bfff-001a"})"); }

class PushNewRelic : public ::testing::Test {
 protected:
  PushNewRelic() {
    target_.url = rig_.server.url("");
    target_.license_key = Secret{"0123NRAL"};
  }
  Outcome push() { return push_newrelic(report_, target_, rig_.tools()); }

  std::vector<std::string> faults() const {
    std::vector<std::string> all;
    for (const auto& request : rig_.server.requests()) {
      for (auto& fault : newrelic_faults(request, "0123NRAL", rig_.clock.wall_now())) {
        all.push_back(fault);
      }
    }
    return all;
  }

  PushRig rig_;
  Report report_ = sample_report();
  NewRelicTarget target_;
};

TEST_F(PushNewRelic, EncodesGaugesUnderTheNamesOfTheGuide) {
  const auto numbers = measurements(report_, report_.days[0]);
  EXPECT_EQ(encode_newrelic(Batch{numbers}.first(2)),
            R"([{"common":{"attributes":{"service.name":"pcx"}},"metrics":[)"
            R"({"name":"Custom/Appointments/Created","type":"gauge","value":23,)"
            R"("timestamp":1773028799999,"attributes":{"tenant":"north","day":"2026-03-08",)"
            R"("time_zone":"America/New_York","definition_hash":"0123456789abcdef"}},)"
            R"({"name":"Custom/Appointments/Created/by_status","type":"gauge","value":20,)"
            R"("timestamp":1773028799999,"attributes":{"tenant":"north","day":"2026-03-08",)"
            R"("time_zone":"America/New_York","definition_hash":"0123456789abcdef",)"
            R"("status":"completed"}}]}])");
}

TEST_F(PushNewRelic, NamesWhatHasNoNameThere) {
  std::vector<std::string> names;
  for (const auto& number : measurements(report_, report_.days[1])) {
    names.push_back(new_relic_name(number));
  }
  EXPECT_THAT(names, ElementsAre("Custom/Appointments/Created", "Custom/appointmentsCancelled",
                                 "Custom/averageWaitTime", "Custom/Revenue/Daily",
                                 "Custom/no_show_rate", "Custom/inventoryLowStock"));
}

TEST_F(PushNewRelic, SendsAllInOneBodyThatKeepsTheRules) {
  rig_.server.then(accepted());
  const Outcome outcome = push();
  EXPECT_THAT(faults(), IsEmpty());
  EXPECT_EQ(rig_.server.requests().size(), 1u);
  EXPECT_EQ(newrelic_metrics(rig_.server.requests().at(0).body).size(), 14u);
  EXPECT_EQ(outcome.bodies, 1);
  EXPECT_EQ(outcome.points, 14);
  EXPECT_EQ(outcome.dropped, 0);
  EXPECT_THAT(outcome.receipts, ElementsAre("f0e7bfff-001a"));
  EXPECT_THAT(outcome.warnings, IsEmpty());
}

TEST_F(PushNewRelic, RenamesAttributesThatTheApiKeeps) {
  Catalog catalog = *report_.catalog;
  for (DayReport& day : report_.days) day.results[0].definition = &catalog.definitions[0];
  for (const char* column : {"count", "day", "tenant"}) {
    catalog.definitions[0].by = column;
    rig_.server.then(accepted());
    push();
    EXPECT_THAT(faults(), IsEmpty());
    EXPECT_THAT(rig_.server.requests().back().body,
                HasSubstr(std::string{"\"by_"} + column + "\":\"completed\""));
  }
}

TEST_F(PushNewRelic, LeavesOutWhatItWouldDropInSilence) {
  Catalog catalog = *report_.catalog;
  catalog.definitions[5].new_relic = "Custom/" + std::string(248, 'x');
  report_.days[1].results[5].definition = &catalog.definitions[5];
  report_.days[0].results[0].parts[0].label = std::string(4097, 'x');
  report_.days[1].results[3].value.digits = "Infinity";
  report_.days[2].until = rig_.clock.wall_now() - 48h - 1ms;
  report_.days.push_back(report_.days[0]);
  report_.days[3].until = rig_.clock.wall_now() + 24h + 1ms;
  report_.days[3].day.to = report_.days[3].until + 1h;
  report_.days[3].results.resize(2);
  report_.days[3].results.erase(report_.days[3].results.begin());
  rig_.server.then(accepted());
  const Outcome outcome = push();
  EXPECT_THAT(faults(), IsEmpty());
  EXPECT_EQ(outcome.points, 7);
  EXPECT_EQ(outcome.dropped, 8);
  EXPECT_THAT(
      outcome.warnings,
      ElementsAre(
          "KPI 'appointments': an attribute of more than 4096 bytes (1 number)",
          "KPI 'appointments': older than 48 hours, which New Relic drops (3 numbers)",
          "KPI 'appointments_cancelled': more than 24 hours ahead, which New Relic drops (1 "
          "number)",
          "KPI 'appointments_cancelled': older than 48 hours, which New Relic drops (1 number)",
          "KPI 'low_stock': a name of more than 254 bytes (1 number)",
          "KPI 'revenue': no number that a double can hold (1 number)"));
}

TEST_F(PushNewRelic, TakesTimesAtTheEdges) {
  report_.days.resize(2);
  report_.days[0].until = rig_.clock.wall_now() - 48h;
  report_.days[1].until = rig_.clock.wall_now() + 24h;
  report_.days[1].day.to = report_.days[1].until + 1h;
  rig_.server.then(accepted());
  EXPECT_EQ(push().dropped, 0);
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(PushNewRelic, SendsNothingWhenAllIsTooOld) {
  rig_.clock.advance(240h);
  const Outcome outcome = push();
  EXPECT_THAT(rig_.server.requests(), IsEmpty());
  EXPECT_EQ(outcome.dropped, 14);
  EXPECT_EQ(outcome.bodies, 0);
}

TEST_F(PushNewRelic, SplitsWhatIsLargerThanTheLimit) {
  auto& parts = report_.days[0].results[0].parts;
  for (int i = 0; i < 400; ++i) parts.push_back({std::to_string(i) + std::string(3'000, 'x'), "1"});
  for (int i = 0; i < 4; ++i) rig_.server.then(accepted());
  const Outcome outcome = push();
  EXPECT_THAT(faults(), IsEmpty());
  EXPECT_EQ(outcome.bodies, static_cast<int>(rig_.server.requests().size()));
  EXPECT_GE(outcome.bodies, 2);
  EXPECT_EQ(outcome.points, 414);
}

TEST_F(PushNewRelic, SendsHalvesOfWhatIsTooLarge) {
  rig_.server.then(answer(413, ""));
  rig_.server.then(answer(413, ""));
  for (int i = 0; i < 3; ++i) rig_.server.then(accepted());
  const Outcome outcome = push();
  EXPECT_THAT(faults(), IsEmpty());
  std::vector<std::size_t> sizes;
  for (const auto& request : rig_.server.requests()) {
    sizes.push_back(newrelic_metrics(request.body).size());
  }
  EXPECT_THAT(sizes, ElementsAre(14, 7, 3, 4, 7));
  EXPECT_EQ(outcome.points, 14);
  EXPECT_EQ(outcome.receipts.size(), 3u);
}

TEST_F(PushNewRelic, EndsWhenOneNumberIsTooLarge) {
  for (int i = 0; i < 4; ++i) rig_.server.then(answer(413, "payload too large"));
  const Error error = error_of([&] { push(); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(error.reason(), "http_413");
}

TEST_F(PushNewRelic, RepeatsWhatMayPassAndNothingElse) {
  for (const int status : {408, 429, 500, 503}) {
    const std::size_t before = rig_.server.requests().size();
    rig_.server.then(answer(status, "", {{"Retry-After", "5"}}));
    rig_.server.then(accepted());
    EXPECT_EQ(push().bodies, 1) << status;
    EXPECT_EQ(rig_.server.requests().size(), before + 2) << status;
  }
  EXPECT_EQ(rig_.slept(), 4 * 5s);
  for (const int status : {301, 400, 403, 404, 405, 411, 414, 415, 431}) {
    const std::size_t before = rig_.server.requests().size();
    rig_.server.then(answer(status, "no"));
    EXPECT_EQ(error_of([&] { push(); }).reason(), "http_" + std::to_string(status));
    EXPECT_EQ(rig_.server.requests().size(), before + 1) << status;
  }
}

TEST_F(PushNewRelic, RepeatsAfterAHangAndAReset) {
  rig_.timeout_max = 200ms;
  rig_.server.then(testing::hang());
  rig_.server.then(testing::reset());
  rig_.server.then(accepted());
  EXPECT_EQ(push().bodies, 1);
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(PushNewRelic, SaysWhatToCheckWhenTheKeyIsRefused) {
  rig_.server.then(answer(403, "0123NRAL is no license key"));
  const Error error = error_of([&] { push(); });
  EXPECT_EQ(error.code(), ErrorCode::permission);
  EXPECT_EQ(error.what(), rig_.server.url("") + ": answered 403: *** is no license key");
  EXPECT_THAT(error.hint(), HasSubstr("license key"));
  EXPECT_THAT(error.hint(), HasSubstr("metric-api.eu.newrelic.com"));
  EXPECT_THAT(error.hint(), Not(HasSubstr("0123NRAL")));
}

TEST_F(PushNewRelic, WarnsOfAnAnswerThatIsNotNewRelics) {
  const std::string long_id(65, 'x');
  for (const std::string& body : {std::string{"<html>"}, std::string{}, std::string{"{}"},
                                  R"({"requestId":")" + long_id + R"("})"}) {
    rig_.server.then(answer(200, body));
    const Outcome outcome = push();
    EXPECT_THAT(outcome.receipts, IsEmpty()) << body;
    EXPECT_THAT(outcome.warnings,
                ElementsAre(rig_.server.url("") + ": answered 200 without a requestId; is it New "
                                                  "Relic's Metric API?"))
        << body;
  }
}

TEST_F(PushNewRelic, NeedsAKey) {
  target_.license_key = Secret{};
  EXPECT_EQ(error_of([&] { push(); }).code(), ErrorCode::config);
  EXPECT_THAT(rig_.server.requests(), IsEmpty());
}

}  // namespace
}  // namespace pcx::kpi
