#include "load/judge.h"

#include <gmock/gmock.h>

#include "load/metric.h"
#include "tests/load/sample.h"
#include "tests/support/errors.h"

namespace pcx::load {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = Demand::Kind;

// A hundred responses of 1 to 100 ms, one of them a 503; three of fifty users failed.
Result measured() {
  Result result;
  result.counters = {{"vusers.created", 50},
                     {"vusers.completed", 47},
                     {"vusers.failed", 3},
                     {"http.requests", 100},
                     {"http.responses", 100},
                     {"http.codes.200", 99},
                     {"http.codes.503", 1},
                     {"plugins.expect.ok.statusCode", 1230},
                     {"plugins.expect.failed.contentType", 4},
                     {"plugins.expect.ok.contentType", 6},
                     {"pcx.check.ok.is signed in", 47}};
  for (int ms = 1; ms <= 100; ++ms) result.summaries["http.response_time"].record(ms * 1000);
  Period period;
  period.counters = {{"http.requests", 100}};
  period.first_counter_ms = 10'000;
  period.last_counter_ms = 14'000;
  result.periods = {period};
  return result;
}

Result::Judged judged(const Demand& demand) {
  Result result = measured();
  result.demands = {demand};
  judge(result);
  return result.judged.at(0);
}
bool holds(const std::string& condition) {
  return judged({Kind::condition, condition, 0, true, ""}).is_met;
}
double figure(const std::string& name) { return metric_of(measured(), name).value.value_or(-1); }

// --- metrics

TEST(Metric, HasEveryFigureOfASummary) {
  EXPECT_EQ(figure("http.response_time.min"), 1);
  EXPECT_NEAR(figure("http.response_time.max"), 100, 0);
  EXPECT_EQ(figure("http.response_time.count"), 100);
  EXPECT_EQ(figure("http.response_time.mean"), 50.5);
  EXPECT_NEAR(figure("http.response_time.p50"), 50, 0.05);
  EXPECT_EQ(figure("http.response_time.median"), figure("http.response_time.p50"));
  EXPECT_NEAR(figure("http.response_time.p75"), 75, 0.075);
  EXPECT_NEAR(figure("http.response_time.p90"), 90, 0.09);
  EXPECT_NEAR(figure("http.response_time.p95"), 95, 0.095);
  EXPECT_NEAR(figure("http.response_time.p99"), 99, 0.099);
  EXPECT_EQ(figure("http.response_time.p999"), 100);
  EXPECT_EQ(figure("http.response_time.p98"), -1);
}

TEST(Metric, HasCountersAndTheRate) {
  EXPECT_EQ(figure("vusers.failed"), 3);
  EXPECT_EQ(figure("http.codes.503"), 1);
  EXPECT_EQ(figure("http.request_rate"), 25);
}

TEST(Metric, KnowsTheNamesOfArtillery1) {
  EXPECT_EQ(figure("engine.http.response_time.p95"), figure("http.response_time.p95"));
  EXPECT_EQ(figure("core.vusers.created.total"), 50);
  EXPECT_EQ(figure("core.vusers.failed"), 3);
}

TEST(Metric, TakesCountersThatWereNeverIncrementedAsNone) {
  for (const char* name :
       {"http.codes.500", "errors.ETIMEDOUT", "vusers.skipped", "plugins.expect.failed",
        "plugins.expect.failed.equals", "pcx.check.failed.is signed in",
        "plugins.metrics-by-endpoint./users.codes.500",
        "plugins.metrics-by-endpoint./users.errors.ECONNRESET"}) {
    const Metric metric = metric_of(measured(), name);
    EXPECT_EQ(metric.value, 0) << name;
    EXPECT_TRUE(metric.is_assumed) << name;
  }
  EXPECT_FALSE(metric_of(measured(), "http.codes.200").is_assumed);
}

TEST(Metric, InventsNothingElse) {
  for (const char* name : {"my.counter", "http.tls.p95", "vusers.session_length.p99", "p95",
                           "plugins.metrics-by-endpoint.response_time./users.p95"}) {
    EXPECT_EQ(metric_of(measured(), name).value, std::nullopt) << name;
  }
  EXPECT_EQ(metric_of({}, "http.request_rate").value, std::nullopt);
}

// --- demands

TEST(Judge, ThresholdHasToBeBelow) {
  const Demand demand{Kind::threshold, "vusers.failed", 4, true, "a.yml:3:7"};
  EXPECT_EQ(judged(demand), (Result::Judged{"vusers.failed < 4", true, true, "3", "a.yml:3:7"}));
  EXPECT_FALSE(judged({Kind::threshold, "vusers.failed", 3, true, ""}).is_met) << "not below";
  EXPECT_EQ(judged({Kind::threshold, "http.response_time.mean", 50.5, true, ""}),
            (Result::Judged{"http.response_time.mean < 50.5", false, true, "50.5", ""}));
}

TEST(Judge, ThresholdOfWhatWasNotMeasuredIsMissed) {
  EXPECT_EQ(judged({Kind::threshold, "http.tls.p95", 10, true, ""}),
            (Result::Judged{"http.tls.p95 < 10", false, true, "was never measured", ""}));
}

TEST(Judge, ConditionIsAnExpressionOverMetrics) {
  EXPECT_TRUE(holds("http.response_time.p95 < 100 and vusers.failed <= 3"));
  EXPECT_FALSE(holds("http.response_time.p95 < 90 or vusers.failed > 3"));
  EXPECT_TRUE(holds("http.codes.200 / http.responses > 0.98"));
}

TEST(Judge, NamesAreNotReplacedInsideOfOthers) {
  EXPECT_TRUE(holds("http.response_time.p999 > http.response_time.p99"));
}

TEST(Judge, ConditionSaysWhatItFound) {
  EXPECT_EQ(
      judged({Kind::condition, "vusers.failed < 1 and http.codes.503 < 1", 0, false, "a:1:2"}),
      (Result::Judged{"vusers.failed < 1 and http.codes.503 < 1", false, false,
                      "vusers.failed = 3, http.codes.503 = 1", "a:1:2"}));
}

TEST(Judge, ConditionOverWhatWasNotMeasuredIsMissed) {
  const Result::Judged one = judged({Kind::condition, "my.counter != 1", 0, true, ""});
  EXPECT_FALSE(one.is_met);
  EXPECT_EQ(one.found, "my.counter was never measured");
  EXPECT_EQ(judged({Kind::condition, "a.b + c.d > 0", 0, true, ""}).found,
            "a.b, c.d were never measured");
}

TEST(Judge, ConditionThatIsNoneIsRefused) {
  const Error error = testing::error_of([] {
    static_cast<void>(judged({Kind::condition, "1 <", 0, true, ""}));
  });
  EXPECT_EQ(error.code(), ErrorCode::data);
}

TEST(Judge, NeverCountedIsZeroAndSaidOnce) {
  Result result = measured();
  result.demands = {{Kind::condition, "http.codes.500 == 0", 0, true, ""},
                    {Kind::condition, "http.codes.500 < 1", 0, true, ""},
                    {Kind::threshold, "vusers.skipped", 1, true, ""}};
  judge(result);
  EXPECT_TRUE(is_passed(result));
  const auto notes = ElementsAre(
      "http.codes.500 was never counted and taken as 0; Artillery would take the check as failed",
      "vusers.skipped was never counted and taken as 0; Artillery would take the check as failed");
  EXPECT_THAT(result.notes, notes);
  judge(result);
  EXPECT_THAT(result.notes, notes) << "judging again says nothing new";
  EXPECT_EQ(result.judged.size(), 3u);
}

TEST(Judge, ErrorRateIsOfUsersThatDidNotComplete) {
  EXPECT_EQ(judged({Kind::error_rate, "", 6, true, ""}),
            (Result::Judged{"error rate <= 6 %", true, true, "6 %", ""}));
  EXPECT_FALSE(judged({Kind::error_rate, "", 5.9, true, ""}).is_met);
  Result nobody;
  nobody.demands = {{Kind::error_rate, "", 100, true, ""}};
  judge(nobody);
  EXPECT_EQ(nobody.judged[0].found, "no user was created");
  EXPECT_FALSE(is_passed(nobody));
}

TEST(Judge, ExpectationsAndChecksMustNotFail) {
  EXPECT_EQ(judged({Kind::expectation, "statusCode", 0, true, ""}),
            (Result::Judged{"expect statusCode", true, true, "1,230 held", ""}));
  EXPECT_EQ(judged({Kind::expectation, "contentType", 0, true, ""}),
            (Result::Judged{"expect contentType", false, true, "4 of 10 failed", ""}));
  EXPECT_EQ(judged({Kind::expectation, "equals", 0, true, ""}),
            (Result::Judged{"expect equals", false, true, "was never checked", ""}));
  EXPECT_EQ(judged({Kind::check, "is signed in", 0, true, ""}),
            (Result::Judged{"check is signed in", true, true, "47 held", ""}));
}

TEST(Judge, WhatBeforeAndAfterHaveCheckedCounts) {
  Result result = measured();
  result.counters["pcx.alone.plugins.expect.ok.equals"] = 1;
  result.counters["pcx.alone.pcx.check.failed.is signed in"] = 1;
  result.demands = {{Kind::expectation, "equals", 0, true, ""},
                    {Kind::check, "is signed in", 0, true, ""}};
  judge(result);
  EXPECT_TRUE(result.judged[0].is_met);
  EXPECT_EQ(result.judged[0].found, "1 held");
  EXPECT_FALSE(result.judged[1].is_met);
  EXPECT_EQ(result.judged[1].found, "1 of 48 failed");
}

TEST(Judge, OnlyWhatIsStrictFailsARun) {
  Result result = measured();
  EXPECT_TRUE(is_passed(result));
  result.demands = {{Kind::condition, "vusers.failed == 0", 0, false, ""}};
  judge(result);
  EXPECT_FALSE(result.judged[0].is_met);
  EXPECT_TRUE(is_passed(result));
  result.demands[0].is_strict = true;
  judge(result);
  EXPECT_FALSE(is_passed(result));
  EXPECT_THAT(result.notes, IsEmpty());
}

}  // namespace
}  // namespace pcx::load
