#include "alert/test_series.h"

#include <cmath>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "alert/expression.h"
#include "core/text.h"
#include "tests/alert/promtool.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using pcx::testing::error_of;
using ::testing::HasSubstr;

const Location kPlace{"t.yml", 7, 13};

// "1 _ stale": as they were read.
std::string read_back(std::string_view text) {
  std::vector<std::string> words;
  for (const auto& value : parse_test_values(text, kPlace)) {
    words.push_back(!value ? "_" : value->is_stale ? "stale" : fmt::format("{:g}", value->value));
  }
  return join(words, " ");
}

struct Notation {
  const char* text;
  const char* values;
};

const Notation kNotations[] = {{"", ""},
                               {"  ", ""},
                               {"1", "1"},
                               {" 1  2.5 ", "1 2.5"},
                               {"1\t2\r3 \r 4\n", "1 2 3 4"},
                               {"-1 +1 .5 5. 1e3 1E-3", "-1 1 0.5 5 1000 0.001"},
                               {"_ 1 _", "_ 1 _"},
                               {"1 stale 2", "1 stale 2"},
                               {"1x4", "1 1 1 1 1"},
                               {"1x0", "1"},
                               {"_x5", "_ _ _ _ _"},
                               {"_x0 1", "1"},
                               {"0x10", "0 0 0 0 0 0 0 0 0 0 0"},
                               {"1+2x3", "1 3 5 7"},
                               {"4-1x2", "4 3 2"},
                               {"-4-1x2", "-4 -5 -6"},
                               {"-1+0.5x2", "-1 -0.5 0"},
                               {"1e1+1e0x2", "10 11 12"},
                               {"1e-1-1e-1x2", "0.1 0 -0.1"},
                               {"1x1 2+1x1 _x1 stale", "1 1 2 3 _ stale"},
                               {"inf -Inf +Inf", "inf -inf inf"}};

TEST(TestSeriesNotation, IsReadAsPrometheusWritesIt) {
  for (const Notation& each : kNotations) EXPECT_EQ(read_back(each.text), each.values) << each.text;
  EXPECT_TRUE(std::isnan(parse_test_values("NaN", kPlace).at(0)->value));
}

const char* const kNoNotations[] = {
    "x",   "x3",   "1x",     "1x-2",   "1x2.5",  "1x+2",  "1xx2",  "1x2x3",   "1 x3",     "1+2",
    "1-2", "1+x3", "1+2 x3", "1++2x3", "1+-2x3", "+-1",   "--1",   "++1",     "1,2",      "1\n2",
    "\n1", "1;2",  "one",    "1_",     "__",     "_ _1",  "Stale", "stalex3", "stale2",   "1e",
    "1e+", "0x1F", "1d",     "1.2.3",  "\"1\"",  "infx2", "nanx2", "1+infx2", "infinity", "nan(1)"};

TEST(TestSeriesNotation, RefusesEverythingElse) {
  for (const char* const text : kNoNotations) {
    SCOPED_TRACE(text);
    const Error error = error_of([&] { parse_test_values(text, kPlace); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(to_string(error.location()), "t.yml:7:13");
  }
}

TEST(TestSeriesNotation, HasALimit) {
  EXPECT_EQ(error_of([] { parse_test_values("1x99999999999999999999", kPlace); }).code(),
            ErrorCode::data);
  EXPECT_EQ(parse_test_values("1x999999", kPlace).size(), kTestValuesMax);
  for (const char* const text :
       {"1x1000000", "_x1000001", "1x999999 1", "1x18446744073709551615"}) {
    const Error error = error_of([&] { parse_test_values(text, kPlace); });
    EXPECT_THAT(error.what(), HasSubstr("more than 1000000 values")) << text;
  }
}

class AlertTestSeries : public ::testing::Test {
 protected:
  void add(std::string_view name, std::string_view values) {
    series.add(name, parse_test_values(values, kPlace), kPlace);
  }
  // "{a="1"} 2; {a="2"} 3"
  std::string at(std::string_view selector, std::chrono::milliseconds when) const {
    std::vector<std::string> found;
    for (const Selector& each : Expression::parse(selector, {}).selectors()) {
      for (const Sample& sample : series.select(each, Time{} + when)) {
        found.push_back(fmt::format("{} {:g}", to_string(sample.labels), sample.value));
      }
    }
    return join(found, "; ");
  }

  TestSeries series{1min};
};

TEST_F(AlertTestSeries, ShowsTheNewestValueOfFiveMinutes) {
  add("x", "1 2 _x9 3 stale 4");
  struct Row {
    std::chrono::milliseconds at;
    const char* found;
  };
  const Row rows[] = {{-1ms, ""},     {0ms, "{} 1"},    {59'999ms, "{} 1"}, {1min, "{} 2"},
                      {6min, "{} 2"}, {6min + 1ms, ""}, {10min, ""},        {11min, "{} 3"},
                      {12min, ""},    {13min, "{} 4"},  {18min, "{} 4"},    {19min, ""}};
  for (const Row& row : rows) EXPECT_EQ(at("x", row.at), row.found) << row.at.count();
}

TEST_F(AlertTestSeries, SelectsByNameAndLabels) {
  add("x{a=\"1\"}", "1");
  add("x{a=\"2\",b=\"\"}", "2");
  add("y", "3");
  EXPECT_EQ(at("x", 0ms), "{a=\"1\"} 1; {a=\"2\"} 2");
  EXPECT_EQ(at("x{a!=\"1\"}", 0ms), "{a=\"2\"} 2");
  EXPECT_EQ(at("x{b=\"\"}", 0ms), "{a=\"1\"} 1; {a=\"2\"} 2");
  EXPECT_EQ(at("z", 0ms), "");
}

TEST_F(AlertTestSeries, LooksBack) {
  add("x", "1 2 3");
  EXPECT_EQ(at("x offset 1m", 2min), "{} 2");
  EXPECT_EQ(at("x offset 1h", 2min), "");
}

TEST_F(AlertTestSeries, RefusesWhatIsNoSeries) {
  add("x{a=\"1\"}", "1");
  for (const char* const name : {"", " ", "x offset 1m", "x > 1", "1", "x{a=~\"1\"}", "x{a!=\"1\"}",
                                 "x{", "sum(x)", " x", "x ", "x{a=\"1\"}", "x{b=\"\",a=\"1\"}"}) {
    SCOPED_TRACE(name);
    const Error error = error_of([&] { add(name, "1"); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(error.location().file, "t.yml");
    EXPECT_EQ(error.location().line, 7);
  }
}

// What promtool is asked of a series: its samples at every minute, as pcx finds them.
std::string expectations_of(const char* values) {
  TestSeries series{1min};
  series.add("x", parse_test_values(values, kPlace), kPlace);
  const Selector selector = Expression::parse("x", {}).selectors().at(0);
  std::string text;
  for (int minute = 0; minute < 20; ++minute) {
    const Samples samples = series.select(selector, Time{} + std::chrono::minutes{minute});
    text += fmt::format("  - {{expr: x, eval_time: {}m, exp_samples: [", minute);
    if (!samples.empty()) text += fmt::format("{{labels: x, value: {}}}", samples[0].value);
    text += "]}\n";
  }
  return text;
}

std::string test_file(const char* values, const std::string& expectations) {
  return fmt::format(
      "tests:\n- interval: 1m\n  input_series: [{{series: x, values: {}}}]\n"
      "  promql_expr_test:\n{}",
      in_yaml(values), expectations);
}

TEST(TestSeriesOracle, PrometheusReadsTheSame) {
  Promtool promtool;
  for (const Notation& each : kNotations) {
    if (std::string_view{each.text}.find("nf") != std::string_view::npos) continue;
    promtool.write("t.yml", test_file(each.text, expectations_of(each.text)));
    EXPECT_EQ(promtool.test("t.yml"), "") << each.text;
  }
  promtool.write("t.yml", test_file("1", "    []\n"));
  EXPECT_EQ(promtool.test("t.yml"), "");
  for (const char* const text : kNoNotations) {
    promtool.write("t.yml", test_file(text, "    []\n"));
    EXPECT_NE(promtool.test("t.yml"), "") << text;
  }
}

}  // namespace
}  // namespace pcx::alert
