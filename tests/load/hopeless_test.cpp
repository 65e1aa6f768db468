#include "load/hopeless.h"

#include <gmock/gmock.h>

namespace pcx::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = Demand::Kind;

// 100 of 1,000 users have ended; 12 of their 100 answers took 300 ms, the others 10.
Result so_far() {
  Result result;
  result.counters = {{"vusers.created", 160},
                     {"vusers.completed", 95},
                     {"vusers.failed", 5},
                     {"http.codes.500", 4},
                     {"plugins.expect.failed.statusCode", 1},
                     {"pcx.check.failed.fine", 1}};
  result.summaries["http.response_time"].record(10'000, 88);
  result.summaries["http.response_time"].record(300'000, 12);
  return result;
}

bool is_hopeless(const Demand& demand, std::int64_t planned = 1'000) {
  Result result = so_far();
  result.demands = {demand};
  return find_hopeless(result, planned).has_value();
}
bool is_hopeless(const std::string& metric, double limit, std::int64_t planned = 1'000) {
  return is_hopeless({Kind::threshold, metric, limit, true, ""}, planned);
}

TEST(Hopeless, CountersAndMaximaOnlyGrow) {
  EXPECT_TRUE(is_hopeless("http.codes.500", 4)) << "it has to be below";
  EXPECT_FALSE(is_hopeless("http.codes.500", 5));
  EXPECT_FALSE(is_hopeless("errors.ETIMEDOUT", 1)) << "none so far";
  EXPECT_TRUE(is_hopeless("http.response_time.max", 300));
  EXPECT_FALSE(is_hopeless("http.response_time.max", 301));
  EXPECT_TRUE(is_hopeless("http.response_time.count", 100));
}

TEST(Hopeless, APercentileIsLostWhenTooManyAreAboveForTheWholeRun) {
  // Of about 1,000 answers at the end 10 may be above for p99, 50 for p95.
  EXPECT_TRUE(is_hopeless("http.response_time.p99", 200));
  EXPECT_FALSE(is_hopeless("http.response_time.p95", 200)) << "38 more may be slow";
  EXPECT_TRUE(is_hopeless("http.response_time.p95", 200, 200)) << "10 of 200 may be";
  EXPECT_FALSE(is_hopeless("http.response_time.p99", 400));
  EXPECT_TRUE(is_hopeless("engine.http.response_time.p99", 200)) << "Artillery 1's name";
}

TEST(Hopeless, AMeanIsLostWhenItsSumIs) {
  // 4.48 s so far: 4.48 ms each, when all others take no time at all.
  EXPECT_TRUE(is_hopeless("http.response_time.mean", 4));
  EXPECT_FALSE(is_hopeless("http.response_time.mean", 5));
}

TEST(Hopeless, UsersWhoAreStillThereHaveNotFailed) {
  EXPECT_FALSE(is_hopeless({Kind::error_rate, "", 0.5, true, ""})) << "5 of 1,000 may fail";
  EXPECT_TRUE(is_hopeless({Kind::error_rate, "", 0.4, true, ""}));
}

TEST(Hopeless, ConditionsMayStillCome) {
  EXPECT_FALSE(is_hopeless({Kind::condition, "vusers.completed >= 1000", 0, true, ""}));
}

TEST(Hopeless, OneFailureOfACheckIsEnough) {
  EXPECT_TRUE(is_hopeless({Kind::expectation, "statusCode", 0, true, ""}));
  EXPECT_FALSE(is_hopeless({Kind::expectation, "equals", 0, true, ""})) << "not checked yet";
  EXPECT_TRUE(is_hopeless({Kind::check, "fine", 0, true, ""}));
  EXPECT_FALSE(is_hopeless({Kind::check, "fine", 0, false, ""})) << "not strict";
}

TEST(Hopeless, NothingIsBeforeTheFirstUserHasEnded) {
  Result result = so_far();
  result.counters = {{"vusers.created", 160}};
  result.demands = {{Kind::threshold, "http.response_time.p50", 1, true, ""}};
  EXPECT_EQ(find_hopeless(result, 1'000), std::nullopt);
}

TEST(Hopeless, SaysWhatCannotBeMet) {
  Result result = so_far();
  result.demands = {{Kind::error_rate, "", 0.4, true, ""}};
  EXPECT_EQ(find_hopeless(result, 1'000),
            "error rate <= 0.4 % cannot be met: 5 of 1,000 users have failed");
  result.demands = {{Kind::threshold, "http.response_time.p99", 200, true, ""}};
  EXPECT_THAT(find_hopeless(result, 1'000).value(),
              HasSubstr("http.response_time.p99 < 200 cannot be met: 300"));
}

TEST(Hopeless, NamesTheSummariesOfThresholds) {
  EXPECT_THAT(summaries_of({{Kind::threshold, "http.response_time.p95", 1, true, ""},
                            {Kind::threshold, "engine.http.response_time.p99", 1, true, ""},
                            {Kind::threshold, "http.codes.500", 1, true, ""},
                            {Kind::condition, "pcx.latency.p99 < 1", 0, true, ""}}),
              ElementsAre("http.response_time"));
}

}  // namespace
}  // namespace pcx::load
