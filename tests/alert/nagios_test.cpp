#include "alert/nagios.h"

#include <cmath>

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using ::testing::EndsWith;
using testing::error_of;
using ::testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct RangeCase {
  const char* text;
  Range range;
  const char* written;
};

// The table of the guidelines, and what python3-nagiosplugin reads besides.
TEST(NagiosRange, ReadsWhatTheGuidelinesWrite) {
  const std::vector<RangeCase> cases{
      {"10", {0, 10, false}, "10"},
      {"10:", {10, kInfinity, false}, "10:"},
      {"~:10", {-kInfinity, 10, false}, "~:10"},
      {"10:20", {10, 20, false}, "10:20"},
      {"@10:20", {10, 20, true}, "@10:20"},
      {"@10", {0, 10, true}, "@10"},
      {"0:10", {0, 10, false}, "10"},
      {"-5:-1", {-5, -1, false}, "-5:-1"},
      {"", {0, kInfinity, false}, "0:"},
      {"@", {0, kInfinity, true}, "@0:"},
      {":", {0, kInfinity, false}, "0:"},
      {"~:", {-kInfinity, kInfinity, false}, "~:"},
      {"0.5:.75", {0.5, 0.75, false}, "0.5:0.75"},
      {"1.5e3", {0, 1500, false}, "1500"},
      {"1.0E+2", {0, 100, false}, "100"},
      {"5.", {0, 5, false}, "5"},
      {"-0:+3", {0, 3, false}, "3"},
      {"1_000: 2_000 ", {1000, 2000, false}, "1000:2000"},
      {"100000", {0, 100000, false}, "100000"},
  };
  for (const RangeCase& each : cases) {
    EXPECT_EQ(parse_range(each.text), each.range) << each.text;
    EXPECT_EQ(to_string(each.range), each.written) << each.text;
    EXPECT_EQ(parse_range(each.written), each.range) << each.text;
  }
}

TEST(NagiosRange, RefusesWhatIsNone) {
  for (const char* text : {"20:10", "~",    "10:~", "~:~", "1:2:3", "@@1",  " @1",  "1e5",  "1,5",
                           "1.5.5", "+-1",  "- 1",  "x",   "1.0e",  "e5",   ".",    "1__0", "_1",
                           "1_",    "1_.5", "inf",  "nan", "~:inf", "0x10", "1:-1", " "}) {
    const Error error = error_of([&] { parse_range(text); });
    EXPECT_EQ(error.code(), ErrorCode::data) << text;
    EXPECT_THAT(error.what(), HasSubstr("is no range")) << text;
  }
}

TEST(NagiosRange, RefusesWhatNoDoubleHolds) {
  for (const char* text : {"1.0e999", "-1.0e999:", "1.0e-999"}) {
    EXPECT_THAT(error_of([&] { parse_range(text); }).what(), HasSubstr("too large or too small"))
        << text;
  }
}

TEST(NagiosRange, AlertsOutsideOfItOrInsideWithAnAt) {
  EXPECT_FALSE(parse_range("10").is_alert(10));
  EXPECT_TRUE(parse_range("10").is_alert(10.0001));
  EXPECT_TRUE(parse_range("10").is_alert(-1));
  EXPECT_FALSE(parse_range("10").is_alert(0));
  EXPECT_TRUE(parse_range("10:").is_alert(9.9));
  EXPECT_FALSE(parse_range("10:").is_alert(kInfinity));
  EXPECT_FALSE(parse_range("~:10").is_alert(-kInfinity));
  EXPECT_TRUE(parse_range("@10:20").is_alert(10));
  EXPECT_TRUE(parse_range("@10:20").is_alert(20));
  EXPECT_FALSE(parse_range("@10:20").is_alert(20.5));
  EXPECT_FALSE(parse_range("10:20").is_alert(std::nan("")));
}

TEST(NagiosPerfData, SaysAsMuchAsThereIsToSay) {
  EXPECT_EQ(
      to_string(PerfData{.label = "pool size", .value = 3, .warning = "10", .critical = "20"}),
      "'pool size'=3;10;20");
  EXPECT_EQ(to_string(PerfData{.label = "a", .value = 3, .critical = "~:5"}), "a=3;;~:5");
  EXPECT_EQ(to_string(PerfData{.label = "share", .value = 12.5}), "share=12.5");
  EXPECT_EQ(to_string(PerfData{.label = "", .value = -0.0}), "''=0");
}

TEST(NagiosPerfData, WritesNumbersWithoutExponents) {
  EXPECT_EQ(to_string(PerfData{.label = "a", .value = 100000}), "a=100000");
  EXPECT_EQ(to_string(PerfData{.label = "a", .value = 1e22}), "a=10000000000000000000000");
  EXPECT_EQ(to_string(PerfData{.label = "a", .value = 1e-7}), "a=0.0000001");
  EXPECT_EQ(to_string(PerfData{.label = "a", .value = 0.1 + 0.2}), "a=0.30000000000000004");
  EXPECT_THAT(to_string(PerfData{.label = "a", .value = 5e-324}), EndsWith("0005"));
}

TEST(NagiosPerfData, SaysUForWhatIsNotKnown) {
  EXPECT_EQ(to_string(PerfData{.label = "a", .warning = "1"}), "a=U;1");
  EXPECT_EQ(to_string(PerfData{.label = "a", .value = std::nan("")}), "a=U");
  EXPECT_EQ(to_string(PerfData{.label = "a", .value = kInfinity}), "a=U");
}

TEST(NagiosPerfData, KeepsLabelsInTheirQuotes) {
  EXPECT_EQ(to_string(PerfData{.label = "it's a=b|c\nd", .value = 1}), "'it_s a_b_c_d'=1");
  EXPECT_EQ(to_string(PerfData{.label = "Österreich", .value = 1}), "'Österreich'=1");
  EXPECT_EQ(to_string(PerfData{.label = "bad\xff", .value = 1}), "'bad\\xff'=1");
}

TEST(NagiosLine, IsOneLineWithItsFindingAndValues) {
  const std::vector<PerfData> data{{.label = "low_stock", .value = 12, .warning = "10"},
                                   {.label = "wait", .value = 3.5}};
  EXPECT_EQ(plugin_line("alert", Finding::warning, "low stock in north", data),
            "ALERT WARNING: low stock in north | low_stock=12;10 wait=3.5");
  EXPECT_EQ(plugin_line("alert", Finding::ok, "", {}), "ALERT OK");
  EXPECT_EQ(plugin_line("", Finding::critical, "x", {}), "CRITICAL: x");
  EXPECT_EQ(plugin_line("a", Finding::unknown, "one | two\nthree\x1b[31m ", {}),
            "A UNKNOWN: one / two three [31m");
}

TEST(NagiosLine, IsCutBetweenTwoValues) {
  std::vector<PerfData> data(2000, {.label = "x", .value = 1});
  const std::string line = plugin_line("alert", Finding::ok, "many", data);
  EXPECT_LE(line.size(), kPluginLineBytesMax);
  EXPECT_GT(line.size(), kPluginLineBytesMax - 4);
  EXPECT_THAT(line, EndsWith(" x=1"));
}

TEST(NagiosLine, IsCutBetweenTwoCharacters) {
  std::string text;
  while (text.size() < 5000) text += "\U0001f43e";
  const std::string line = plugin_line("alert", Finding::ok, text, {{.label = "x", .value = 1}});
  EXPECT_LE(line.size(), kPluginLineBytesMax);
  EXPECT_GT(line.size(), kPluginLineBytesMax - 4);
  EXPECT_THAT(line, EndsWith("\U0001f43e"));
}

}  // namespace
}  // namespace pcx::alert
