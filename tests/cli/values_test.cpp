#include "cli/values.h"

#include <limits>

#include <gtest/gtest.h>

#include "cli/command.h"
#include "core/duration.h"
#include "core/error.h"

namespace pcx::cli {
namespace {

using namespace std::chrono_literals;

TEST(ParseInteger, ReadsDecimalDigits) {
  EXPECT_EQ(parse_integer("0"), 0);
  EXPECT_EQ(parse_integer("-12"), -12);
  EXPECT_EQ(parse_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
}

class RefusesInteger : public ::testing::TestWithParam<const char*> {};
TEST_P(RefusesInteger, InsteadOfGuessing) { EXPECT_EQ(parse_integer(GetParam()), std::nullopt); }
INSTANTIATE_TEST_SUITE_P(ParseInteger, RefusesInteger,
                         ::testing::Values("", "-", "010", "-01", "0x10", "+1", " 1", "1 ", "1e3",
                                           "1.0", "1_000", "9223372036854775808", "nan"));

TEST(ParseDuration, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("2h"), 2h);
  EXPECT_EQ(parse_duration("1d"), 24h);
  EXPECT_EQ(parse_duration("0s"), 0ms);
  EXPECT_EQ(parse_duration("10000d"), 240'000h);
}

class RefusesDuration : public ::testing::TestWithParam<const char*> {};
TEST_P(RefusesDuration, InsteadOfGuessing) { EXPECT_EQ(parse_duration(GetParam()), std::nullopt); }
INSTANTIATE_TEST_SUITE_P(ParseDuration, RefusesDuration,
                         ::testing::Values("", "10", "s", "-1s", "1.5s", "1 s", "1S", "1min",
                                           "010s", "10001d", "99999999999999999999ms"));

TEST(ParseSwitch, KnowsBothWords) {
  for (const char* on : {"1", "true", "yes", "on"}) EXPECT_EQ(parse_switch(on), true) << on;
  for (const char* off : {"0", "false", "no", "off"}) EXPECT_EQ(parse_switch(off), false) << off;
  EXPECT_EQ(parse_switch("maybe"), std::nullopt);
}

TEST(Values, GiveTypedAnswers) {
  const Values values{{{"--limit", {"12"}, Source::flag, "--limit"},
                       {"--wait", {"2s"}, Source::fallback, "default"},
                       {"--dry-run", {"true"}, Source::flag, "--dry-run"},
                       {"--tag", {"a", "b"}, Source::flag, "--tag"},
                       {"NAME", {}, Source::none, ""}}};
  EXPECT_EQ(values.integer("--limit"), 12);
  EXPECT_EQ(values.optional_integer("--limit"), 12);
  EXPECT_EQ(values.duration("--wait"), 2s);
  EXPECT_TRUE(values.flag("--dry-run"));
  EXPECT_EQ(values.texts("--tag").size(), 2u);
  EXPECT_FALSE(values.has("NAME"));
  EXPECT_FALSE(values.flag("NAME"));
  EXPECT_EQ(values.optional_text("NAME"), std::nullopt);
  EXPECT_EQ(values.optional_integer("NAME"), std::nullopt);
}

TEST(Values, TakeAQuestionTheTableDoesNotKnowForABug) {
  const Values values{{{"NAME", {}, Source::none, ""}, {"--x", {"x"}, Source::flag, "--x"}}};
  const auto code_of = [](const auto& ask) {
    try {
      ask();
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::data;
  };
  EXPECT_EQ(code_of([&] { values.has("--bogus"); }), ErrorCode::internal);
  EXPECT_EQ(code_of([&] { values.text("NAME"); }), ErrorCode::internal);
  EXPECT_EQ(code_of([&] { values.integer("--x"); }), ErrorCode::internal);
  EXPECT_EQ(code_of([&] { values.duration("--x"); }), ErrorCode::internal);
}

}  // namespace
}  // namespace pcx::cli
