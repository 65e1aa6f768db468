#include <stdexcept>

#include <gmock/gmock.h>

#include "core/json.h"
#include "load/report.h"
#include "tests/load/golden.h"

namespace pcx::load {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

Document report(const Result& result) { return parse_json(report_artillery(result), "report"); }

std::vector<std::string> keys_of(const Document& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.members()) keys.push_back(key);
  return keys;
}
const Document& at(const Document& object, const std::vector<std::string>& path) {
  const Document* here = &object;
  for (const std::string& key : path) {
    here = here->find(key);
    if (here == nullptr) throw std::out_of_range{key};
  }
  return *here;
}
double number(const Document& value) {
  const auto* const whole = std::get_if<std::int64_t>(&value.scalar());
  return whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value.scalar());
}

TEST(ReportArtillery, IsTheGoldenOne) {
  expect_golden("report.json", report_artillery(judged_sample()));
}

TEST(ReportArtillery, HasArtillerysKeys) {
  const Document root = report(judged_sample());
  EXPECT_THAT(keys_of(root), ElementsAre("aggregate", "intermediate", "pcx"));
  EXPECT_THAT(keys_of(at(root, {"aggregate"})),
              UnorderedElementsAre("counters", "rates", "firstCounterAt", "firstHistogramAt",
                                   "lastCounterAt", "lastHistogramAt", "firstMetricAt",
                                   "lastMetricAt", "period", "summaries", "histograms"));
  for (const Document& period : at(root, {"intermediate"}).items()) {
    EXPECT_THAT(
        keys_of(period),
        UnorderedElementsAre("counters", "rates", "http.request_rate", "firstCounterAt",
                             "firstHistogramAt", "lastCounterAt", "lastHistogramAt",
                             "firstMetricAt", "lastMetricAt", "period", "summaries", "histograms"));
    EXPECT_TRUE(at(period, {"http.request_rate"}).is_null());
    EXPECT_NE(at(period, {"period"}).text(), nullptr) << "a text";
  }
  EXPECT_THAT(keys_of(at(root, {"aggregate", "summaries", "http.response_time"})),
              ElementsAre("min", "max", "count", "mean", "p50", "median", "p75", "p90", "p95",
                          "p99", "p999"));
  EXPECT_EQ(at(root, {"aggregate", "summaries"}), at(root, {"aggregate", "histograms"}));
}

TEST(ReportArtillery, HasPeriodsOfTenSeconds) {
  const Document root = report(judged_sample());
  std::vector<std::string> starts;
  for (const Document& period : at(root, {"intermediate"}).items()) {
    starts.push_back(*at(period, {"period"}).text());
  }
  EXPECT_THAT(starts, ElementsAre("1767225600000", "1767225610000", "1767225620000"));
  EXPECT_EQ(number(at(root, {"aggregate", "period"})), 1767225620000) << "the last one";
}

TEST(ReportArtillery, SumsItsPeriods) {
  const Document root = report(judged_sample());
  double requests = 0, responses = 0;
  for (const Document& period : at(root, {"intermediate"}).items()) {
    requests += number(at(period, {"counters", "http.requests"}));
    responses += number(at(period, {"summaries", "http.response_time", "count"}));
  }
  EXPECT_EQ(requests, number(at(root, {"aggregate", "counters", "http.requests"})));
  EXPECT_EQ(responses, number(at(root, {"aggregate", "summaries", "http.response_time", "count"})));
}

TEST(ReportArtillery, RoundsToTenthsOfAMillisecond) {
  Result result;
  Histogram& times = result.summaries["http.response_time"];
  times.record(1'250);
  times.record(1'000);
  const Document root = report(result);
  const Document& summary = at(root, {"aggregate", "summaries", "http.response_time"});
  EXPECT_EQ(number(at(summary, {"max"})), 1.3);
  EXPECT_EQ(number(at(summary, {"mean"})), 1.1);
  EXPECT_TRUE(std::holds_alternative<std::int64_t>(at(summary, {"min"}).scalar())) << "1, not 1.0";
}

TEST(ReportArtillery, LeavesOutWhatWasNeverMeasured) {
  Result result;
  result.summaries["http.response_time"];
  result.periods = {Period{.start_ms = 1'767'225'600'000}};
  const Document root = report(result);
  EXPECT_THAT(keys_of(at(root, {"aggregate"})),
              UnorderedElementsAre("counters", "rates", "period", "summaries", "histograms"));
  EXPECT_THAT(keys_of(at(root, {"aggregate", "summaries"})), ElementsAre());
  EXPECT_THAT(keys_of(at(root, {"aggregate", "counters"})), ElementsAre());
  EXPECT_THAT(keys_of(at(root, {"intermediate"}).items()[0]),
              UnorderedElementsAre("counters", "rates", "period", "summaries", "histograms"));
}

TEST(ReportArtillery, IsJsonWhateverTheNames) { EXPECT_EQ(keys_of(report(hostile())).size(), 3u); }

}  // namespace
}  // namespace pcx::load
