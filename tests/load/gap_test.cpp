#include "load/gap.h"

#include <gmock/gmock.h>

namespace pcx::load {
namespace {

using ::testing::EndsWith;

Result with(std::int64_t response_us, std::int64_t latency_us) {
  Result result;
  result.summaries["http.response_time"].record(response_us, 1000);
  result.summaries["pcx.latency"].record(latency_us, 1000);
  result.summaries["pcx.read"].record(0, 1000);
  return result;
}

TEST(Gap, IsNotExplainedWhenItIsSmall) {
  EXPECT_EQ(explain_gap(with(1'000, 10'900)), "");
  EXPECT_EQ(explain_gap(with(100'000, 140'000)), "") << "less than half";
  EXPECT_EQ(explain_gap(Result{}), "");
  Result unanswered;
  unanswered.summaries["pcx.latency"].record(10'000'000, 5);
  EXPECT_EQ(explain_gap(unanswered), "") << "there is nothing to compare with";
}

TEST(Gap, IsToldWithItsSize) {
  EXPECT_EQ(explain_gap(with(20'000, 430'000)),
            "At p50 users waited 430 ms, 410 ms longer than the target took to answer. Their "
            "requests had to wait before they could be sent.");
}

TEST(Gap, IsTheWidestOne) {
  Result result = with(20'000, 25'000);
  result.summaries["pcx.latency"].record(900'000, 150);
  result.summaries["http.response_time"].record(20'000, 150);
  result.summaries["pcx.read"].record(0, 150);
  EXPECT_THAT(explain_gap(result), ::testing::StartsWith("At p90 users waited 900 ms, 880 ms"));
}

TEST(Gap, NamesWhatTookMostOfIt) {
  const std::pair<const char*, const char*> reasons[] = {
      {"pcx.start_lag", "They were started late: see the verdict."},
      {"pcx.connect", "Most of it went into opening connections."},
      {"pcx.tls", "Most of it went into TLS handshakes."},
      {"pcx.read", "Most of it went into reading the rest of the answers."},
  };
  for (const auto& [name, sentence] : reasons) {
    Result result = with(20'000, 430'000);
    result.summaries[name].clear();
    result.summaries[name].record(220'000, 1000);
    EXPECT_THAT(explain_gap(result), EndsWith(sentence));
    result.summaries[name].clear();
    result.summaries[name].record(200'000, 1000);
    EXPECT_THAT(explain_gap(result), EndsWith("before they could be sent.")) << "not half of it";
  }
}

TEST(Gap, KnowsRequestsThatWereGivenUp) {
  Result result = with(20'000, 20'000);
  result.summaries["pcx.latency"].record(10'000'000, 30);
  EXPECT_THAT(explain_gap(result),
              EndsWith("30 requests were given up without a whole answer, and only the latency has "
                       "them."));
}

TEST(Gap, KnowsAnswersThatBrokeOff) {
  Result result = with(20'000, 20'000);
  result.summaries["http.response_time"].record(20'000, 1000);
  result.summaries["pcx.latency"].record(8'000'000, 1000);
  EXPECT_THAT(explain_gap(result), ::testing::HasSubstr("1,000 requests were given up without"));
}

}  // namespace
}  // namespace pcx::load
