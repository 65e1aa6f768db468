// Expected values: Node 20 answers the same, but for three texts (197, 1970-, -000000-01-01) that
// V8 takes by guessing.
#include "core/javascript.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace pcx::javascript {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Number {
  const char* text;
  double number;
};

class ToNumber : public ::testing::TestWithParam<Number> {};

TEST_P(ToNumber, ReadsTextAsNumberDoes) {
  EXPECT_EQ(to_number(GetParam().text), GetParam().number);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ToNumber,
    ::testing::Values(Number{"", 0}, Number{" \t\xc2\xa0\xef\xbb\xbf", 0}, Number{" 5 ", 5},
                      Number{"+5", 5}, Number{"-5", -5}, Number{".5", 0.5}, Number{"5.", 5},
                      Number{"1e3", 1000}, Number{"1E-2", 0.01}, Number{"010", 10},
                      Number{"0x1F", 31}, Number{"0X1f", 31}, Number{"0b11", 3}, Number{"0B1", 1},
                      Number{"0o17", 15}, Number{"0O7", 7}, Number{"Infinity", kInfinity},
                      Number{"-Infinity", -kInfinity}, Number{"1e400", kInfinity},
                      Number{"-1e400", -kInfinity}, Number{"1e-400", 0},
                      Number{"99999999999999999999", 1e20}));

class ToNumberIsNaN : public ::testing::TestWithParam<const char*> {};

TEST_P(ToNumberIsNaN, ForOtherText) { EXPECT_TRUE(std::isnan(to_number(GetParam()))); }

INSTANTIATE_TEST_SUITE_P(Texts, ToNumberIsNaN,
                         ::testing::Values("a", "1a", "1 2", "--1", "+-1", "-", ".", "e3", "0x",
                                           "0xg", "-0x1", "0b2", "1_000", "inf", "nan", "infinity",
                                           "1e", "0x1.8"));

TEST(ToNumber, ReadsOtherValues) {
  EXPECT_EQ(to_number({}), 0);
  EXPECT_EQ(to_number(true), 1);
  EXPECT_EQ(to_number(Cell{Decimal{"1.5"}}), 1.5);
  EXPECT_EQ(to_number(Cell{Time{std::chrono::milliseconds{12}}}), 12);
  EXPECT_EQ(to_number(Document::array().add("7")), 7);
  EXPECT_TRUE(std::isnan(to_number(Document::array().add(true))));
  EXPECT_EQ(to_number(Document::array().add(Document{})), 0);
}

struct Written {
  double number;
  const char* text;
};

class NumberText : public ::testing::TestWithParam<Written> {};

TEST_P(NumberText, IsWhatStringGives) {
  EXPECT_EQ(number_text(GetParam().number), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, NumberText,
    ::testing::Values(Written{0, "0"}, Written{-0.0, "0"}, Written{10, "10"}, Written{-1.5, "-1.5"},
                      Written{0.1 + 0.2, "0.30000000000000004"}, Written{123456.789, "123456.789"},
                      Written{1e20, "100000000000000000000"}, Written{1e21, "1e+21"},
                      Written{1.5e300, "1.5e+300"}, Written{0.000001, "0.000001"},
                      Written{1e-7, "1e-7"}, Written{9.5367431640625e-7, "9.5367431640625e-7"},
                      Written{5e-324, "5e-324"}, Written{kInfinity, "Infinity"},
                      Written{-kInfinity, "-Infinity"}, Written{std::nan(""), "NaN"}));

TEST(IsTruthy, FollowsBoolean) {
  for (const Document& value :
       {Document{}, Document{false}, Document{0}, Document{0.0}, Document{std::nan("")},
        Document{""}, Document{Cell{Decimal{"0"}}}}) {
    EXPECT_FALSE(is_truthy(value));
  }
  for (const Document& value : {Document{true}, Document{-1}, Document{kInfinity}, Document{"0"},
                                Document::array(), Document::object(), Document{Cell{Time{}}}}) {
    EXPECT_TRUE(is_truthy(value));
  }
}

TEST(Utf16, CountsUnits) {
  EXPECT_EQ(utf16_length("a\xc3\xa9\xf0\x9f\x98\x80"), 4u);
  EXPECT_EQ(utf16_length("\xff\xfe"), 2u);
  EXPECT_EQ(utf16_prefix("a\xf0\x9f\x98\x80z", 3), "a\xf0\x9f\x98\x80");
  EXPECT_EQ(utf16_prefix("a\xf0\x9f\x98\x80z", 2), "a\xef\xbf\xbd");
  EXPECT_EQ(utf16_prefix("ab", 9), "ab");
  EXPECT_EQ(utf16_prefix("ab", 0), "");
}

TEST(Trim, TakesWhatJavaScriptTakes) {
  EXPECT_EQ(trim("\xe2\x80\xa8 a b\xe3\x80\x80\v"), "a b");
  EXPECT_EQ(trim("\xe2\x80\x8b"), "\xe2\x80\x8b");
  EXPECT_EQ(trim(" \xff "), "\xff");
  EXPECT_EQ(trim(" \n"), "");
}

struct Day {
  const char* text;
  std::int64_t milliseconds;
};

class ParseDate : public ::testing::TestWithParam<Day> {};

TEST_P(ParseDate, ReadsTheDateTimeFormat) {
  const auto date = parse_date(GetParam().text);
  ASSERT_TRUE(date);
  EXPECT_EQ(date->time_since_epoch().count(), GetParam().milliseconds);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseDate,
    ::testing::Values(Day{"1970", 0}, Day{"1970-02", 2'678'400'000}, Day{"1970-01-02", 86'400'000},
                      Day{"1970-01-01T00:01", 60'000}, Day{"1970-01-01T00:00:01.5Z", 1500},
                      Day{"1970-01-01T00:00:00.123999Z", 123}, Day{"1970-01-01T05:00:00+05:00", 0},
                      Day{"1969-12-31T19:00:00-05:00", 0}, Day{"1970-01-01T24:00:00Z", 86'400'000},
                      Day{"1970-02-31", 5'270'400'000}, Day{"0001-01-01", -62'135'596'800'000},
                      Day{"9999-12-31", 253'402'214'400'000}, Day{"+001970-01-01", 0},
                      Day{"-000001-01-01", -62'198'755'200'000},
                      Day{"+275760-09-13", 8'640'000'000'000'000},
                      Day{"-271821-04-20", -8'640'000'000'000'000}));

class ParseDateRefuses : public ::testing::TestWithParam<const char*> {};

TEST_P(ParseDateRefuses, OtherText) { EXPECT_FALSE(parse_date(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseDateRefuses,
    ::testing::Values("", "x", "197", "1970-", "1970-13", "1970-00-01", "1970-01-32", "1970-01-00",
                      "1970-01-01T", "1970-01-01T00", "1970-01-01T00:60", "1970-01-01T25:00",
                      "1970-01-01T24:01", "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z",
                      "1970-01-01T00:00+5", "1970-01-01T00:00+05", "1970-01-01T00:00+05:60",
                      "1970-01-01T00:00X", "1970-01-01T00:00Zx", "1970-01-01x", "-000000-01-01",
                      "+275760-09-14", "-271821-04-19", "+275761-01-01"));

}  // namespace
}  // namespace pcx::javascript
