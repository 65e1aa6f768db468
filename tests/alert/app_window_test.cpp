#include <cmath>

#include <gmock/gmock.h>

#include "alert/app_reading.h"
#include "core/time.h"
#include "tests/alert/app_rig.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsNan;
using ::testing::SizeIs;

class AppWindow : public AppRig {
 protected:
  InputSet read_after(std::chrono::milliseconds pause, const Counted& counted) {
    app.answers["/metrics"] = {metrics(counted)};
    app.answers["/api/v1/auth/login"] = {login(token_until(clock.wall_now() + 24h))};
    return AppRig::read_after(pause);
  }
  InputSet read_unready_after(std::chrono::milliseconds pause) {
    app.answers["/health/ready"] = {{.status = 503, .headers = {}, .body = ""}};
    InputSet inputs = AppRig::read_after(pause);
    app.answers["/health/ready"] = {recorded("ready")};
    return inputs;
  }
};

TEST_F(AppWindow, CountsWhatHappenedWithinIt) {
  read_after(0s, {.ok = 1000, .failed = 7});
  const InputSet inputs = read_after(5min, {.ok = 1090, .failed = 17});
  EXPECT_THAT(values(inputs, "pcx_app_requests:5m"), ElementsAre(100));
  EXPECT_THAT(values(inputs, "pcx_app_error_ratio:5m"), ElementsAre(0.1));
}

TEST_F(AppWindow, HasNoSampleBeforeItHasBegun) {
  EXPECT_THAT(values(read_after(0s, {.ok = 5}), "pcx_app_requests:5m"), IsEmpty());
  EXPECT_THAT(values(read_after(1min, {.ok = 9}), "pcx_app_requests:5m"), IsEmpty());
  const InputSet inputs = read_after(3min + 30s, {.ok = 9});  // a tenth is missing
  EXPECT_THAT(values(inputs, "pcx_app_requests:5m"), ElementsAre(4));
  EXPECT_THAT(values(inputs, "pcx_app_requests:30m"), IsEmpty());
  EXPECT_THAT(values(inputs, "pcx_app_unavailable_ratio:30m"), IsEmpty());
}

TEST_F(AppWindow, HasNoSampleAfterAGap) {
  read_after(0s, {.ok = 5});
  EXPECT_THAT(values(read_after(10min, {.ok = 9}), "pcx_app_requests:5m"), ElementsAre(4));
  EXPECT_THAT(values(read_after(11min, {.ok = 9}), "pcx_app_requests:5m"), IsEmpty());
}

TEST_F(AppWindow, BeginsAtTheNearestReading) {
  read_after(0s, {.ok = 0});
  read_after(2min, {.ok = 100});
  read_after(2min, {.ok = 300});
  // 4:50 and 2:50 and 0:50 ago
  EXPECT_THAT(values(read_after(50s, {.ok = 700}), "pcx_app_requests:5m"), ElementsAre(700));
}

TEST_F(AppWindow, SaysNothingOfRatiosWithoutRequests) {
  read_after(0s, {.ok = 1000});
  const InputSet inputs = read_after(5min, {.ok = 1000});
  EXPECT_THAT(values(inputs, "pcx_app_requests:5m"), ElementsAre(0));
  EXPECT_THAT(values(inputs, "pcx_app_error_ratio:5m"), ElementsAre(IsNan()));
  EXPECT_THAT(values(inputs, "pcx_app_latency_p95_seconds:5m"), ElementsAre(IsNan()));
}

TEST_F(AppWindow, CountsFromZeroAfterARestart) {
  read_after(0s, {.ok = 1000, .failed = 10});
  const auto restarted =
      std::chrono::duration_cast<std::chrono::seconds>(clock.wall_now().time_since_epoch()) + 60s;
  const InputSet inputs = read_after(5min, {.ok = 2000, .failed = 30, .began = restarted.count()});
  EXPECT_THAT(values(inputs, "pcx_app_requests:5m"), ElementsAre(2030));
}

TEST_F(AppWindow, CountsFromZeroWhenACounterFell) {
  read_after(0s, {.ok = 1000, .failed = 10});
  const InputSet inputs = read_after(5min, {.ok = 50, .failed = 0});
  EXPECT_THAT(values(inputs, "pcx_app_requests:5m"), ElementsAre(50));
  EXPECT_THAT(values(inputs, "pcx_app_error_ratio:5m"), ElementsAre(0));
}

TEST_F(AppWindow, TellsProcessesBehindOneUrlApart) {
  read_after(0s, {.ok = 1000, .began = 100});
  read_after(1min, {.ok = 5000, .began = 200});  // another one: what it did before is not known
  read_after(1min, {.ok = 1010, .began = 100});
  read_after(1min, {.ok = 5020, .began = 200});
  EXPECT_THAT(values(read_after(2min, {.ok = 1013, .began = 100}), "pcx_app_requests:5m"),
              ElementsAre(10 + 20 + 3));
}

TEST_F(AppWindow, SurvivesAReadingWithoutMetrics) {
  read_after(0s, {.ok = 1000});
  app.answers["/metrics"] = {{.status = 500, .headers = {}, .body = ""}};
  AppRig::read_after(4min);
  EXPECT_THAT(values(read_after(1min, {.ok = 1200}), "pcx_app_requests:5m"), ElementsAre(200));
}

TEST_F(AppWindow, MeasuresTheShareOfTimeThatItWasNotReady) {
  read_after(0s, {});
  for (int i = 0; i < 3; ++i) read_unready_after(1min);
  read_after(1min, {});
  EXPECT_THAT(values(read_after(1min, {}), "pcx_app_unavailable_ratio:5m"), ElementsAre(0.6));
}

TEST_F(AppWindow, InterpolatesLatencyInTheHistogram) {
  read_after(0s, {.ok = 10, .buckets = {{"0.1", 4}, {"0.25", 8}, {"0.5", 10}, {"+Inf", 10}}});
  const InputSet inputs = read_after(
      5min, {.ok = 110, .buckets = {{"0.1", 84}, {"0.25", 98}, {"0.5", 108}, {"+Inf", 110}}});
  // 80, 90, 98, 100 in the window: rank 95 lies 5/8 into the bucket from 0.25 to 0.5.
  EXPECT_THAT(values(inputs, "pcx_app_latency_p95_seconds:5m"), ElementsAre(DoubleEq(0.40625)));
}

std::vector<Time> times_of(const std::vector<Reading>& readings) {
  std::vector<Time> times;
  for (const Reading& each : readings) times.push_back(each.at);
  return times;
}

TEST(AppReadings, AreThinnedByTheirAge) {
  std::vector<Reading> readings;
  const Time begin = *parse_rfc3339("2026-01-01T00:00:00Z");
  const Time end = begin + 40 * 24h;
  const auto pause_at = [&](Time at) {
    return end - at > 26h ? 1800s : end - at > 2h ? 300s : 20s;
  };
  for (Time at = begin; at <= end; at += pause_at(at)) append_reading(readings, at, {});
  int minutes = 0, tens = 0, hours = 0;
  for (std::size_t i = 0; i + 1 < readings.size(); ++i) {
    const auto age = end - readings[i].at;
    (age <= 1h ? minutes : age <= 24h ? tens : hours) += 1;
  }
  EXPECT_EQ(minutes, 60);
  EXPECT_EQ(tens, 23 * 6);
  EXPECT_EQ(hours, 30 * 24);
  EXPECT_GE(readings.front().at, end - 31 * 24h);
  EXPECT_EQ(readings.back().at, end);
}

TEST(AppReadings, AreThinnedToTheSameHoweverOften) {
  const Time begin = *parse_rfc3339("2026-01-01T00:00:07Z");
  std::vector<Reading> often, seldom;
  for (Time at = begin; at <= begin + 49h; at += 10min) {
    append_reading(often, at, {});
    append_reading(often, at + 1min, {});
    append_reading(seldom, at, {});
  }
  // Beyond the last hour the first of each piece is kept.
  std::erase_if(often, [&](const Reading& each) { return each.at > begin + 47h; });
  std::erase_if(seldom, [&](const Reading& each) { return each.at > begin + 47h; });
  EXPECT_EQ(times_of(often), times_of(seldom));
}

TEST(AppReadings, HaveOneStateOnly) {
  std::vector<Reading> readings;
  AppState state;
  const Time begin = *parse_rfc3339("2026-01-01T00:00:00Z");
  for (int i = 0; i < 3; ++i) {
    state.looks += 1;
    state.read_at = begin + i * 1min;
    state.not_before = begin + 1h;
    state.totals.add({.began = 5, .counters = {.requests = 10.0 * i, .errors = 1}}, std::nullopt);
    append_reading(readings, begin + i * 1min, state);
  }
  ASSERT_THAT(readings, SizeIs(3));
  EXPECT_EQ(readings[0].values.find("state"), nullptr);
  EXPECT_EQ(readings[1].values.find("state"), nullptr);
  // As it is read from where memories are kept.
  readings[2].values = parse_json(to_json(readings[2].values), "reading");
  const AppState again = state_of(readings);
  EXPECT_EQ(again.looks, 3);
  EXPECT_EQ(again.read_at, begin + 2min);
  EXPECT_EQ(again.not_before, begin + 1h);
  EXPECT_EQ(again.login_refused_at, std::nullopt);
  EXPECT_EQ(again.totals.total(), (AppCounters{.requests = 20, .errors = 0}));
}

TEST(AppReadings, OfTheFutureAreForgotten) {
  std::vector<Reading> readings;
  const Time begin = *parse_rfc3339("2026-01-01T00:00:00Z");
  append_reading(readings, begin, {});
  append_reading(readings, begin + 3h, {});
  append_reading(readings, begin + 5min, {});
  EXPECT_THAT(times_of(readings), ElementsAre(begin, begin + 5min));
}

}  // namespace
}  // namespace pcx::alert
