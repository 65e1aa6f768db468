#include "core/duration.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

TEST(ParseDuration, KnowsItsUnits) {
  EXPECT_EQ(parse_duration("250ms"), std::chrono::milliseconds{250});
  EXPECT_EQ(parse_duration("10s"), std::chrono::seconds{10});
  EXPECT_EQ(parse_duration("5m"), std::chrono::minutes{5});
  EXPECT_EQ(parse_duration("2h"), std::chrono::hours{2});
  EXPECT_EQ(parse_duration("1d"), std::chrono::hours{24});
  EXPECT_EQ(parse_duration("0s"), std::chrono::seconds{0});
  EXPECT_EQ(parse_duration("10000d"), std::chrono::hours{240'000});
}

class ParseDurationRefuses : public ::testing::TestWithParam<const char*> {};

TEST_P(ParseDurationRefuses, OtherText) { EXPECT_FALSE(parse_duration(GetParam())); }

INSTANTIATE_TEST_SUITE_P(Texts, ParseDurationRefuses,
                         ::testing::Values("", "s", "10", "10 s", " 10s", "10s ", "-1s", "+1s",
                                           "1.5h", "1e3s", "0x1s", "010s", "10S", "10sec", "1h30m",
                                           "1w", "10001d", "240001h", "864000000001ms",
                                           "99999999999999999999s", "9223372036854775807d"));

}  // namespace
}  // namespace pcx
