#include "core/time.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

const std::chrono::system_clock::time_point kInstant =
    sys_days{std::chrono::year{2026} / 1 / 31} + 23h + 59min + 59s + 123'999us;

TEST(ToRfc3339, RoundsDownToMilliseconds) {
  EXPECT_EQ(to_rfc3339(kInstant), "2026-01-31T23:59:59.123Z");
  EXPECT_EQ(to_rfc3339(std::chrono::system_clock::time_point{-1us}), "1969-12-31T23:59:59.999Z");
}

TEST(ToRfc3339Us, KeepsMicroseconds) {
  EXPECT_EQ(to_rfc3339_us(kInstant), "2026-01-31T23:59:59.123999Z");
}

struct Accepted {
  const char* text;
  const char* same;
};

class ParseRfc3339 : public ::testing::TestWithParam<Accepted> {};

TEST_P(ParseRfc3339, KnowsTheInstant) {
  const auto instant = parse_rfc3339(GetParam().text);
  ASSERT_TRUE(instant);
  EXPECT_EQ(to_rfc3339(*instant), GetParam().same);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseRfc3339,
    ::testing::Values(Accepted{"2026-01-31T23:59:59Z", "2026-01-31T23:59:59.000Z"},
                      Accepted{"2026-01-31t23:59:59.5z", "2026-01-31T23:59:59.500Z"},
                      Accepted{"2026-01-31 23:59:59.123456789Z", "2026-01-31T23:59:59.123Z"},
                      Accepted{"2026-02-01T04:59:59+05:00", "2026-01-31T23:59:59.000Z"},
                      Accepted{"2026-01-31T20:29:59-03:30", "2026-01-31T23:59:59.000Z"},
                      Accepted{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
                      Accepted{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
                      Accepted{"1678-01-01T00:00:00Z", "1678-01-01T00:00:00.000Z"},
                      Accepted{"2261-12-31T23:59:59.999Z", "2261-12-31T23:59:59.999Z"}));

class ParseRfc3339Refuses : public ::testing::TestWithParam<const char*> {};

TEST_P(ParseRfc3339Refuses, OtherText) { EXPECT_FALSE(parse_rfc3339(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseRfc3339Refuses,
    ::testing::Values("", "2026", "2026-01-31", "2026-01-31T", "2026-01-31T23:59Z",
                      "2026-01-31T23:59:59", "2026-01-31T23:59:59ZZ", "2026-01-31T23:59:59.Z",
                      "2026-01-31T23:59:59.1234567890Z", "2026-02-29T00:00:00Z",
                      "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
                      "2026-01-31T24:00:00Z", "2026-01-31T23:60:00Z", "2026-01-31T23:59:61Z",
                      "2026-01-31T23:59:59+24:00", "2026-01-31T23:59:59+05:60",
                      "2026-01-31T23:59:59+0500", "2026-01-31T23:59:59+05", "-026-01-31T00:00:00Z",
                      "2026-1-31T00:00:00Z", "2026-01-31X00:00:00Z", "2026x01-31T00:00:00Z",
                      "2026-01x31T00:00:00Z", "2026-01-31T00x00:00Z", "2026-01-31T00:00x00Z",
                      "2026-01-31T23:59:59*05:00", "2026-01-31T2", "1677-12-31T23:59:59Z",
                      "2262-01-01T00:00:00Z", "9999-12-31T00:00:00Z"));

struct Short {
  std::chrono::nanoseconds duration;
  const char* text;
};

class ToShortText : public ::testing::TestWithParam<Short> {};

TEST_P(ToShortText, IsForPeople) { EXPECT_EQ(to_short_text(GetParam().duration), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(Durations, ToShortText,
                         ::testing::Values(Short{0ns, "0.0 ms"}, Short{1'250us, "1.2 ms"},
                                           Short{850ms, "850 ms"}, Short{999'400us, "999 ms"},
                                           Short{999'600us, "1.0 s"}, Short{2'449ms, "2.4 s"},
                                           Short{59'949ms, "59.9 s"}, Short{59'950ms, "1 min 0 s"},
                                           Short{200s, "3 min 20 s"},
                                           Short{3'599'600ms, "1 h 00 min"},
                                           Short{62min, "1 h 02 min"}, Short{50h, "50 h 00 min"}));

}  // namespace
}  // namespace pcx
