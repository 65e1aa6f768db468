#include "alert/app_counters.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "core/json.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

AppProcess read(std::string_view text) {
  return process_of(parse_prometheus_text(text, "metrics"));
}

TEST(AppCounters, AreSumsOverAllRoutes) {
  const AppProcess process = read(
      "process_start_time_seconds 1700000000\n"
      "http_requests_total{route=\"/\",status_code=\"200\"} 10\n"
      "http_requests_total{route=\"/:id\",status_code=\"404\"} 3\n"
      "http_requests_total{route=\"/\",status_code=\"500\"} 2\n"
      "http_requests_total{route=\"/\",status_code=\"503\"} 1\n"
      "http_request_duration_seconds_bucket{route=\"/\",le=\"0.1\"} 7\n"
      "http_request_duration_seconds_bucket{route=\"/:id\",le=\"0.1\"} 2\n"
      "http_request_duration_seconds_bucket{route=\"/\",le=\"+Inf\"} 13\n"
      "external_requests_total{status_code=\"500\"} 99\n");
  EXPECT_EQ(process.began, 1'700'000'000);
  EXPECT_EQ(process.counters,
            (AppCounters{.requests = 16, .errors = 3, .buckets = {{0.1, 9}, {kInfinity, 13}}}));
}

TEST(AppCounters, PassOverWhatIsNoCount) {
  const AppProcess process = read(
      "http_requests_total NaN\n"
      "http_requests_total{status_code=\"5xx\"} 4\n"
      "http_request_duration_seconds_bucket{le=\"fast\"} 4\n"
      "http_request_duration_seconds_bucket 4\n");
  EXPECT_EQ(process.began, 0);
  EXPECT_EQ(process.counters, (AppCounters{.requests = 4, .errors = 0}));
}

TEST(AppCounters, HaveNoDifferenceWhereOneFell) {
  const AppCounters before{.requests = 10, .errors = 2, .buckets = {{1, 5}, {kInfinity, 10}}};
  EXPECT_EQ(difference({.requests = 15, .errors = 2, .buckets = {{1, 6}, {kInfinity, 15}}}, before),
            (AppCounters{.requests = 5, .errors = 0, .buckets = {{1, 1}, {kInfinity, 5}}}));
  EXPECT_EQ(difference({.requests = 9, .errors = 2, .buckets = {{1, 6}, {kInfinity, 15}}}, before),
            std::nullopt);
  EXPECT_EQ(difference({.requests = 15, .errors = 1, .buckets = {{1, 6}, {kInfinity, 15}}}, before),
            std::nullopt);
  EXPECT_EQ(difference({.requests = 15, .errors = 2, .buckets = {{1, 4}, {kInfinity, 15}}}, before),
            std::nullopt);
  EXPECT_EQ(difference({.requests = 15, .errors = 2}, before), std::nullopt);
  // A bucket that the application did not have before counts from 0.
  EXPECT_EQ(difference({.requests = 10, .errors = 2, .buckets = {{1, 5}, {2, 6}, {kInfinity, 10}}},
                       before),
            (AppCounters{.requests = 0, .errors = 0, .buckets = {{1, 0}, {2, 6}, {kInfinity, 0}}}));
}

TEST(AppCounters, AreReadAsTheyWereWritten) {
  const AppCounters counters{
      .requests = 15, .errors = 0.5, .buckets = {{0.005, 6}, {kInfinity, 15}}};
  EXPECT_EQ(counters_of(parse_json(to_json(to_document(counters)), "counters")), counters);
  for (const char* text :
       {"{}", "[]", "null", R"({"requests":1,"errors":1,"buckets":[1]})",
        R"({"requests":"1","errors":1,"buckets":[]})", R"({"requests":1,"errors":1,"buckets":3})",
        R"({"requests":1,"errors":1,"buckets":[1,"2"]})"}) {
    EXPECT_EQ(counters_of(parse_json(text, "counters")), std::nullopt) << text;
  }
}

TEST(AppTotals, RememberSixteenProcesses) {
  AppTotals totals;
  for (int i = 0; i < 17; ++i)
    totals.add({.began = 1.0 * i, .counters = {.requests = 100}}, Time{});
  const double before = totals.total().requests;
  totals.add({.began = 0, .counters = {.requests = 101}}, *parse_rfc3339("2026-01-01T00:00:00Z"));
  EXPECT_EQ(totals.total().requests, before);  // forgotten: what it did since is not known
  totals.add({.began = 16, .counters = {.requests = 103}}, *parse_rfc3339("2026-01-01T00:00:00Z"));
  EXPECT_EQ(totals.total().requests, before + 3);
}

TEST(AppTotals, BeginWithNothing) {
  AppTotals totals;
  totals.add({.began = 5, .counters = {.requests = 100}}, std::nullopt);
  EXPECT_EQ(totals.total(), AppCounters{});
  EXPECT_EQ(AppTotals::of(Document{}).total(), AppCounters{});
}

struct Quantile {
  double quantile;
  std::map<double, double> buckets;
  double value;
};

// By hand, after promql/quantile.go of Prometheus 2.42; oracle/histogram_quantile.py asks promtool.
TEST(HistogramQuantile, IsPrometheussOwn) {
  const std::map<double, double> plain{{0.1, 50}, {0.5, 90}, {1, 100}, {kInfinity, 100}};
  const std::vector<Quantile> cases{
      {0.95, plain, 0.75},
      {0.9, plain, 0.5},
      {0.5, plain, 0.1},
      {0.25, plain, 0.05},
      {0, plain, 0},
      {1, plain, 1},
      {0.95, {{0.1, 10}, {kInfinity, 100}}, 0.1},                     // above the last bound
      {0.5, {{-1, 90}, {1, 100}, {kInfinity, 100}}, -1},              // a first bound not above 0
      {0.9, {{0.1, 50}, {0.5, 40}, {1, 100}, {kInfinity, 90}}, 0.9},  // counts that fall
  };
  for (const Quantile& each : cases) {
    EXPECT_DOUBLE_EQ(histogram_quantile(each.quantile, each.buckets), each.value) << each.quantile;
  }
}

TEST(HistogramQuantile, IsNoNumberWithoutAHistogram) {
  const std::vector<std::map<double, double>> none{
      {}, {{kInfinity, 5}}, {{0.1, 5}, {0.5, 6}}, {{0.1, 0}, {kInfinity, 0}}};
  for (const auto& buckets : none) {
    EXPECT_TRUE(std::isnan(histogram_quantile(0.95, buckets))) << buckets.size();
  }
}

}  // namespace
}  // namespace pcx::alert
