#include "load/time_text.h"

#include <gtest/gtest.h>

namespace pcx::load {
namespace {

using namespace std::chrono_literals;
using Span = std::optional<std::chrono::nanoseconds>;

struct TimeCase {
  const char* text;
  Span expected;
};

class ParseLength : public ::testing::TestWithParam<TimeCase> {};

TEST_P(ParseLength, ReadsSecondsAndUnits) {
  EXPECT_EQ(parse_length(GetParam().text), GetParam().expected) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseLength,
    ::testing::Values(TimeCase{"60", 60s}, TimeCase{"0", 0s}, TimeCase{"1.5", 1500ms},
                      TimeCase{"500ms", 500ms}, TimeCase{"30s", 30s}, TimeCase{"5m", 5min},
                      TimeCase{"5 minutes", 5min}, TimeCase{"2 days", 48h}, TimeCase{"1H", 1h},
                      TimeCase{"1.5 hrs", 90min}, TimeCase{".5s", 500ms}, TimeCase{"1w", 168h},
                      TimeCase{"", std::nullopt}, TimeCase{"soon", std::nullopt},
                      TimeCase{"-5", std::nullopt}, TimeCase{"-5s", std::nullopt},
                      TimeCase{"5 moons", std::nullopt}, TimeCase{"5m30s", std::nullopt},
                      TimeCase{"1..5s", std::nullopt}, TimeCase{"100y", std::nullopt},
                      TimeCase{"1e400", std::nullopt}));

TEST(ParseThink, TakesFractionsForSeconds) {
  EXPECT_EQ(parse_think("0.5", false), Span{500ms});
  EXPECT_EQ(parse_think("0.5", true), Span{500us});
  EXPECT_EQ(parse_think("2", true), Span{2s});
  EXPECT_EQ(parse_think("1500ms", true), Span{1500ms});
}

TEST(ParseJitter, ReadsPercentAndMilliseconds) {
  EXPECT_EQ(parse_jitter("20%", 2s), Span{400ms});
  EXPECT_EQ(parse_jitter(" 150 ", 2s), Span{150ms});
  EXPECT_EQ(parse_jitter("1s", 2s), Span{1s});
  EXPECT_EQ(parse_jitter("-5%", 2s), std::nullopt);
  EXPECT_EQ(parse_jitter("much", 2s), std::nullopt);
}

}  // namespace
}  // namespace pcx::load
