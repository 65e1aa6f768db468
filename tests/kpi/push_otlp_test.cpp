#include "kpi/push_otlp.h"

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

class PushOtlp : public ::testing::Test {
 protected:
  PushOtlp() {
    target_.url = rig_.server.url("");
    target_.version = "1.2.3";
    target_.headers.push_back(secret_header("api-key", "key-of-license"));
  }
  Outcome push() { return push_otlp(report_, target_, rig_.tools()); }

  PushRig rig_;
  Report report_ = sample_report();
  OtlpTarget target_;
};

TEST_F(PushOtlp, EncodesGaugesWithTheirUnits) {
  const auto numbers = measurements(report_, report_.days[0]);
  EXPECT_EQ(encode_otlp(Batch{numbers}.first(2), report_, "1.2.3"),
            R"({"resourceMetrics":[{"resource":{"attributes":[)"
            R"({"key":"service.name","value":{"stringValue":"pcx"}},)"
            R"({"key":"service.version","value":{"stringValue":"1.2.3"}}]},)"
            R"("scopeMetrics":[{"scope":{"name":"pcx.kpi","version":"1.2.3"},"metrics":[)"
            R"({"name":"pcx.kpi.appointments","description":"Appointments","unit":"{appointment}",)"
            R"("gauge":{"dataPoints":[{"asInt":"23","timeUnixNano":"1773028799999000000",)"
            R"("attributes":[{"key":"tenant","value":{"stringValue":"north"}},)"
            R"({"key":"day","value":{"stringValue":"2026-03-08"}}]}]}},)"
            R"({"name":"pcx.kpi.appointments.by_status","description":"Appointments by status",)"
            R"("unit":"{appointment}",)"
            R"("gauge":{"dataPoints":[{"asInt":"20","timeUnixNano":"1773028799999000000",)"
            R"("attributes":[{"key":"tenant","value":{"stringValue":"north"}},)"
            R"({"key":"day","value":{"stringValue":"2026-03-08"}},)"
            R"({"key":"status","value":{"stringValue":"completed"}}]}]}}]}]}]})");
}

TEST_F(PushOtlp, SendsAllInOneBodyThatKeepsTheRules) {
  const Outcome outcome = push();
  ASSERT_EQ(rig_.server.requests().size(), 1u);
  const testing::Received request = rig_.server.requests()[0];
  EXPECT_THAT(otlp_faults(request), IsEmpty());
  EXPECT_EQ(request.header("api-key"), "key-of-license");
  EXPECT_EQ(outcome.bodies, 1);
  EXPECT_EQ(outcome.points, 14);
  EXPECT_EQ(outcome.dropped, 0);
  EXPECT_THAT(outcome.warnings, IsEmpty());

  const auto metrics = otlp_metrics(request.body);
  ASSERT_EQ(metrics.size(), 7u);
  EXPECT_EQ(*metrics[3].find("name")->text(), "pcx.kpi.average_wait");
  EXPECT_EQ(*metrics[3].find("unit")->text(), "s");
  EXPECT_EQ(*metrics[4].find("unit")->text(), "{USD}");
  EXPECT_EQ(*metrics[5].find("unit")->text(), "1");
  EXPECT_THAT(request.body, HasSubstr(R"("asDouble":-1250.50)"));
  EXPECT_THAT(request.body, HasSubstr(R"("asDouble":0.1250)"));
}

TEST_F(PushOtlp, CountsThatAreNotWholeAreNoIntegers) {
  report_.days[0].results[0].value.digits = "23.5";
  push();
  EXPECT_THAT(otlp_faults(rig_.server.requests().at(0)), IsEmpty());
  EXPECT_THAT(rig_.server.requests().at(0).body, HasSubstr(R"("asDouble":23.5)"));
}

TEST_F(PushOtlp, HasNoTwoAttributesOfOneName) {
  Catalog catalog = *report_.catalog;
  for (DayReport& day : report_.days) day.results[0].definition = &catalog.definitions[0];
  for (const char* column : {"day", "tenant"}) {
    catalog.definitions[0].by = column;
    push();
    EXPECT_THAT(otlp_faults(rig_.server.requests().back()), IsEmpty());
    EXPECT_THAT(rig_.server.requests().back().body,
                HasSubstr(std::string{"{\"key\":\"by_"} + column + "\""));
  }
}

TEST_F(PushOtlp, SaysOfADayThatIsNotOverHowFarItWent) {
  report_.days.resize(1);
  report_.days[0].until = *parse_rfc3339("2026-03-08T20:00:00.5Z");
  push();
  EXPECT_THAT(rig_.server.requests().at(0).body,
              HasSubstr(R"("timeUnixNano":"1773000000500000000")"));
}

TEST_F(PushOtlp, WritesUnitsWithoutBlanks) {
  Catalog catalog = *report_.catalog;
  catalog.definitions[0].unit = "lab test";
  report_.days.resize(1);
  report_.days[0].results.resize(1);
  report_.days[0].results[0].definition = &catalog.definitions[0];
  push();
  EXPECT_THAT(rig_.server.requests().at(0).body, HasSubstr(R"("unit":"{lab_test}")"));
}

TEST_F(PushOtlp, LeavesOutWhatCannotBeSent) {
  report_.days[0].results[1].value.digits = "NaN";
  report_.days[0].results[0].parts[0].label = std::string(4096, 'x');
  const Outcome outcome = push();
  EXPECT_THAT(otlp_faults(rig_.server.requests().at(0)), IsEmpty());
  EXPECT_EQ(outcome.points, 12);
  EXPECT_EQ(outcome.dropped, 2);
  EXPECT_THAT(
      outcome.warnings,
      ElementsAre("KPI 'appointments': an attribute is longer than 4095 bytes (1 number)",
                  "KPI 'appointments_cancelled': no number that a double can hold (1 number)"));
}

TEST_F(PushOtlp, SendsNothingWhenThereIsNothing) {
  report_.days.clear();
  EXPECT_EQ(push().bodies, 0);
  EXPECT_THAT(rig_.server.requests(), IsEmpty());
}

TEST_F(PushOtlp, SplitsWhatIsLargerThanTheLimit) {
  auto& parts = report_.days[0].results[0].parts;
  for (int i = 0; i < 400; ++i) parts.push_back({std::to_string(i) + std::string(3'000, 'x'), "1"});
  const Outcome outcome = push();
  const auto requests = rig_.server.requests();
  EXPECT_EQ(requests.size(), 2u);
  std::size_t bytes = 0;
  for (const auto& request : requests) {
    EXPECT_THAT(otlp_faults(request), IsEmpty());
    bytes += request.body.size();
  }
  EXPECT_GT(bytes, kOtlpBytesMax);
  EXPECT_EQ(outcome.bodies, 2);
  EXPECT_EQ(outcome.points, 414);
}

TEST_F(PushOtlp, KeepsThePathOfTheBase) {
  target_.url = rig_.server.url("/collector/");
  push();
  EXPECT_EQ(rig_.server.requests().at(0).target, "/collector/v1/metrics");
}

struct Partial {
  const char* body;
  int dropped;
  const char* warning;  // behind the origin; empty: none
};

TEST_F(PushOtlp, ReportsWhatWasRejectedAndSendsItOnce) {
  const Partial cases[] = {
      {R"({"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"too\nold"}})", 3,
       ": rejected 3 numbers: too\\nold"},
      {R"({"partialSuccess":{"rejectedDataPoints":1}})", 1, ": rejected 1 number"},
      {R"({"partialSuccess":{"errorMessage":"slow down, key-of-license"}})", 0,
       ": rejected 0 numbers: slow down, ***"},
      {R"({"partialSuccess":{}})", 0, ""},
      {"{}", 0, ""},
      {"", 0, ""},
      {"<html>hello</html>", 0,
       ": answered 200 with something that is not OTLP's; is it a collector?"},
      {"[]", 0, ": answered 200 with something that is not OTLP's; is it a collector?"},
  };
  std::size_t sent = 0;
  for (const Partial& each : cases) {
    rig_.server.then(answer(200, each.body));
    const Outcome outcome = push();
    EXPECT_EQ(rig_.server.requests().size(), ++sent) << each.body;
    EXPECT_EQ(outcome.dropped, each.dropped) << each.body;
    EXPECT_EQ(outcome.points, 14 - each.dropped) << each.body;
    std::vector<std::string> warnings;
    if (*each.warning) warnings.push_back(rig_.server.url("") + each.warning);
    EXPECT_EQ(outcome.warnings, warnings) << each.body;
  }
}

TEST_F(PushOtlp, RepeatsWhatTheSpecificationSaysAndNothingElse) {
  for (const int status : {429, 502, 503, 504}) {
    const std::size_t before = rig_.server.requests().size();
    rig_.server.then(answer(status, "", {{"Retry-After", "3"}}));
    EXPECT_EQ(push().bodies, 1) << status;
    EXPECT_EQ(rig_.server.requests().size(), before + 2) << status;
  }
  EXPECT_EQ(rig_.slept(), 4 * 3s);
  for (const int status : {301, 400, 401, 403, 404, 408, 413, 415, 500, 501}) {
    const std::size_t before = rig_.server.requests().size();
    rig_.server.then(answer(status, R"({"code":3,"message":"no"})"));
    const Error error = error_of([&] { push(); });
    EXPECT_EQ(error.reason(), "http_" + std::to_string(status));
    EXPECT_THAT(error.what(), HasSubstr(": no"));
    EXPECT_EQ(rig_.server.requests().size(), before + 1) << status;
  }
}

TEST_F(PushOtlp, RepeatsTheSameBodyAfterAReset) {
  rig_.server.then(testing::reset());
  EXPECT_EQ(push().bodies, 1);
  const auto requests = rig_.server.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].body, requests[1].body);
}

TEST_F(PushOtlp, NeverShowsItsKey) {
  rig_.server.then(answer(403, "the key key-of-license is none"));
  const Error error = error_of([&] { push(); });
  EXPECT_EQ(error.code(), ErrorCode::permission);
  EXPECT_THAT(error.what(), HasSubstr("the key *** is none"));
  EXPECT_THAT(error.what() + error.hint() + error.detail(), Not(HasSubstr("key-of-license")));
}

}  // namespace
}  // namespace pcx::kpi
