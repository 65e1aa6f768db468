#include "alert/expression_evaluator.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "alert/expression_parser.h"
#include "tests/alert/expression_series.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using ::testing::HasSubstr;

const TextSeries& series() {
  static const TextSeries all{R"(
x{a="1"} 10 20 30
x{a="2"} -5 0 5
x{a="3"} 1 NaN NaN
y{a="1"} 2 2 2
y{a="3"} 1 1 1
y{a="4"} 7 7 stale
z{a="1",b="p"} 1 2 3
z{a="1",b="q"} 3 4 5
z{a="2",b="p"} Inf Inf Inf
z{a="2",b="q"} Inf 1 -Inf
z{b="r"} NaN 4 NaN
w{a="1"} NaN NaN NaN
w{a="2"} 3 3 3
n 5 _ _ _ _ _ _ _
)"};
  return all;
}

// With the metrics' names, in the order of the evaluation.
std::string named(const std::string& text, int at = 2) {
  return written(evaluate_tree(parse_tree(text, {}), series(), minute(at)));
}

void expect_answers(const std::vector<std::pair<std::string, std::string>>& table) {
  for (const auto& [text, answer] : table) EXPECT_EQ(named(text), answer) << text;
}

TEST(ExpressionSelectors, FindSamplesByLabels) {
  expect_answers({
      {"y", "{__name__=\"y\", a=\"1\"} 2; {__name__=\"y\", a=\"3\"} 1"},
      {"y{a=\"1\"}", "{__name__=\"y\", a=\"1\"} 2"},
      {"y{a!=\"1\"}", "{__name__=\"y\", a=\"3\"} 1"},
      {"y{a=~\"1|2\",b=\"\"}", "{__name__=\"y\", a=\"1\"} 2"},
      {"y{b!=\"\"}", ""},
      {"y{a=\"4\"} offset 1m", "{__name__=\"y\", a=\"4\"} 7"},
      {"x{a=\"1\"} offset 2m", "{__name__=\"x\", a=\"1\"} 10"},
      {"nobody", ""},
  });
  EXPECT_EQ(named("n", 5), "{__name__=\"n\"} 5");
  EXPECT_EQ(named("n", 6), "");
  EXPECT_EQ(named("n offset 1m", 6), "{__name__=\"n\"} 5");
  EXPECT_EQ(named("y{a=\"4\"}", 3), "");
}

TEST(ExpressionArithmetic, DropsNamesAndMatchesByAllLabels) {
  expect_answers({
      {"y + 1", "{a=\"1\"} 3; {a=\"3\"} 2"},
      {"10 - y", "{a=\"1\"} 8; {a=\"3\"} 9"},
      {"2 ^ y", "{a=\"1\"} 4; {a=\"3\"} 2"},
      {"y ^ 2", "{a=\"1\"} 4; {a=\"3\"} 1"},
      {"x / y", "{a=\"1\"} 15; {a=\"3\"} nan"},
      {"x * nobody", ""},
      {"nobody * x", ""},
      {"-y", "{a=\"1\"} -2; {a=\"3\"} -1"},
      {"+y", "{__name__=\"y\", a=\"1\"} 2; {__name__=\"y\", a=\"3\"} 1"},
      {"abs(-y)", "{a=\"1\"} 2; {a=\"3\"} 1"},
      {"x{a=\"2\"} % 3", "{a=\"2\"} 2"},
      {"-x{a=\"2\"} % 3", "{a=\"2\"} -2"},
      {"x{a=\"2\"} % -3", "{a=\"2\"} 2"},
      {"y / 0", "{a=\"1\"} inf; {a=\"3\"} inf"},
      {"-y / 0", "{a=\"1\"} -inf; {a=\"3\"} -inf"},
      {"y * 0 / 0", "{a=\"1\"} nan; {a=\"3\"} nan"},
      {"y % 0", "{a=\"1\"} nan; {a=\"3\"} nan"},
      {"5 % Inf", "5"},
      {"Inf % 5", "nan"},
      {"0 ^ 0", "1"},
      {"NaN ^ 0", "1"},
      {"Inf - Inf", "nan"},
      {"1 / 0", "inf"},
      {"1 / -0", "-inf"},
      {"-8 ^ 0.5", "-2.8284271247461903"},
      {"(-8) ^ 0.5", "nan"},
  });
}

TEST(ExpressionComparisons, KeepTheVectorsValueAndName) {
  expect_answers({
      {"x > 10", "{__name__=\"x\", a=\"1\"} 30"},
      {"10 < x", "{__name__=\"x\", a=\"1\"} 30"},
      {"x >= 5", "{__name__=\"x\", a=\"1\"} 30; {__name__=\"x\", a=\"2\"} 5"},
      {"x < 30", "{__name__=\"x\", a=\"2\"} 5"},
      {"x <= 30", "{__name__=\"x\", a=\"1\"} 30; {__name__=\"x\", a=\"2\"} 5"},
      {"x == 5", "{__name__=\"x\", a=\"2\"} 5"},
      {"x != 5", "{__name__=\"x\", a=\"1\"} 30; {__name__=\"x\", a=\"3\"} nan"},
      {"x > y", "{__name__=\"x\", a=\"1\"} 30"},
      {"y < x", "{__name__=\"y\", a=\"1\"} 2"},
      {"x > bool y", "{a=\"1\"} 1; {a=\"3\"} 0"},
      {"x != bool y", "{a=\"1\"} 1; {a=\"3\"} 1"},
      {"x > bool 10", "{a=\"1\"} 1; {a=\"2\"} 0; {a=\"3\"} 0"},
      {"10 > bool x", "{a=\"1\"} 0; {a=\"2\"} 1; {a=\"3\"} 0"},
      {"5 < x < 50", "{__name__=\"x\", a=\"1\"} 30"},
      {"x == x", "{__name__=\"x\", a=\"1\"} 30; {__name__=\"x\", a=\"2\"} 5"},
      {"NaN == bool NaN", "0"},
      {"NaN != bool NaN", "1"},
      {"Inf == bool Inf", "1"},
      {"-Inf < bool Inf", "1"},
      {"1 >= bool NaN", "0"},
  });
}

TEST(ExpressionSets, MatchByLabelsWithoutNames) {
  expect_answers({
      {"x and y", "{__name__=\"x\", a=\"1\"} 30; {__name__=\"x\", a=\"3\"} nan"},
      {"x unless y", "{__name__=\"x\", a=\"2\"} 5"},
      {"y or x",
       "{__name__=\"y\", a=\"1\"} 2; {__name__=\"y\", a=\"3\"} 1; {__name__=\"x\", a=\"2\"} 5"},
      {"x and nobody", ""},
      {"nobody and x", ""},
      {"nobody or y", "{__name__=\"y\", a=\"1\"} 2; {__name__=\"y\", a=\"3\"} 1"},
      {"y or nobody", "{__name__=\"y\", a=\"1\"} 2; {__name__=\"y\", a=\"3\"} 1"},
      {"nobody unless x", ""},
      {"y unless nobody", "{__name__=\"y\", a=\"1\"} 2; {__name__=\"y\", a=\"3\"} 1"},
      {"x and z", ""},
      {"sum(x{a!=\"3\"}) and sum(y)", "{} 35"},
  });
}

TEST(ExpressionAggregations, GroupByLabels) {
  expect_answers({
      {"sum(y)", "{} 3"},
      {"sum by (a) (z{b!=\"r\"})", "{a=\"1\"} 8; {a=\"2\"} nan"},
      {"count by (a) (z)", "{} 1; {a=\"1\"} 2; {a=\"2\"} 2"},
      {"count by (b) (z)", "{b=\"p\"} 2; {b=\"q\"} 2; {b=\"r\"} 1"},
      {"count by (c) (z)", "{} 5"},
      {"count(z) by (a, c)", "{} 1; {a=\"1\"} 2; {a=\"2\"} 2"},
      {"count by (__name__) (x or y)", "{__name__=\"x\"} 3"},
      {"max(x)", "{} 30"},
      {"min(x)", "{} 5"},
      {"max(x{a=\"3\"})", "{} nan"},
      {"min(w)", "{} 3"},
      {"max(w)", "{} 3"},
      {"min(z)", "{} -inf"},
      {"max(z)", "{} inf"},
      {"sum(x)", "{} nan"},
      {"avg(x{a!=\"3\"})", "{} 17.5"},
      {"avg(x)", "{} nan"},
      {"count(x)", "{} 3"},
      {"count(nobody)", ""},
      {"sum(nobody)", ""},
      {"count(x > 10)", "{} 1"},
      {"avg(z{a=\"2\",b=\"p\"})", "{} inf"},
      {"avg by (a) (z{a=\"2\"})", "{a=\"2\"} nan"},
      {"sum(sum by (a) (z{a=\"1\"}))", "{} 8"},
  });
  EXPECT_EQ(named("avg(z{a=\"2\"})", 0), "{} inf");
  EXPECT_EQ(named("avg(z{a=\"2\"})", 1), "{} inf");
  EXPECT_EQ(named("avg(z{a!=\"\"})", 1), "{} inf");
}

TEST(ExpressionAverages, DoNotOverflow) {
  const TextSeries large{"v{a=\"1\"} 1e308\nv{a=\"2\"} 1e308\nv{a=\"3\"} 1e308"};
  const auto value = [&](const char* text) {
    return written(evaluate_tree(parse_tree(text, {}), large, minute(0)));
  };
  EXPECT_EQ(value("avg(v)"), "{} 1e+308");
  EXPECT_EQ(value("sum(v)"), "{} inf");
}

TEST(ExpressionAbsent, IsOneSampleWithTheDemandedLabels) {
  expect_answers({
      {"absent(x)", ""},
      {"absent(nobody)", "{} 1"},
      {"absent(nobody{a=\"1\",b!=\"2\",c=~\"3\",d!~\"4\"})", "{a=\"1\"} 1"},
      {"absent((nobody{a=\"1\"}))", "{a=\"1\"} 1"},
      {"absent(nobody{a=\"1\"} offset 1d)", "{a=\"1\"} 1"},
      {"absent(+nobody{a=\"1\"})", "{} 1"},
      {"absent(nobody{a=\"1\"} > 5)", "{} 1"},
      {"absent(sum(nobody{a=\"1\"}))", "{} 1"},
      {"absent(nobody{a=\"1\",a=\"2\",b=\"3\"})", "{b=\"3\"} 1"},
      {"absent(nobody{a=\"1\",a=\"1\"})", "{} 1"},
      {"absent(nobody{a=\"1\",a!=\"2\"})", "{} 1"},
      {"absent(nobody{a!=\"1\",a=\"2\"})", "{a=\"2\"} 1"},
      {"absent(nobody{a=\"\",a=\"2\"})", "{} 1"},
      {"absent(nobody{a=\"\"})", "{} 1"},
      {"absent(x > 1000)", "{} 1"},
      {"absent(x{a=\"9\"})", "{a=\"9\"} 1"},
  });
}

TEST(ExpressionFaults, AreSamplesThatOnlyTheirNamesTellApart) {
  const std::string two = "sum by (__name__) (x{a=\"1\"} or y{a=\"3\"})";
  EXPECT_EQ(named(two), "{__name__=\"x\"} 30; {__name__=\"y\"} 1");
  EXPECT_EQ(named(two + " > 5"), "{__name__=\"x\"} 30");
  EXPECT_EQ(named("nobody + " + two), "");
  EXPECT_EQ(named(two + " == sum(y)"), "");
  EXPECT_EQ(named(two + " >= sum(x{a=\"1\"})"), "{__name__=\"x\"} 30");
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"-" + two, "two samples have the labels {}"},
      {"abs(" + two + ")", "two samples have the labels {}"},
      {two + " + 1", "two samples have the labels {}"},
      {two + " > bool 1", "two samples have the labels {}"},
      {"sum(y) + " + two, "two samples on the right have the labels {}"},
      {two + " + sum(y)", "two samples on the left have the labels {}"},
      {two + " > bool sum(y)", "two samples on the left have the labels {}"},
      {two + " != sum(z{b=\"p\"})", "two samples on the left have the labels {}"},
  };
  for (const auto& [text, phrase] : wrong) {
    const Error error = testing::error_of([&] {
      evaluate_tree(parse_tree(text, {"rules.yml", 3, 5}), series(), minute(2));
    });
    EXPECT_EQ(error.code(), ErrorCode::data) << text;
    EXPECT_THAT(error.what(), HasSubstr(phrase)) << text;
    EXPECT_EQ(error.location().line, 3) << text;
  }
}

// Samples of a source that does not keep its promise.
class DoubleSeries final : public Series {
 public:
  Samples select(const Selector&, Time) const override { return {{{}, 1}, {{}, 2}}; }
};

TEST(ExpressionFaults, AreSamplesThatASourceHasTwice) {
  const Error error = testing::error_of([] {
    evaluate_tree(parse_tree("1 + x", {"f", 1, 1}), DoubleSeries{}, minute(0));
  });
  EXPECT_THAT(error.what(), HasSubstr("two samples have the labels {__name__=\"x\"}"));
  EXPECT_EQ(error.location().column, 5);
}

class FailedSeries final : public Series {
 public:
  Samples select(const Selector& selector, Time) const override {
    throw Error{ErrorCode::data, selector.name + " was not read"}.because("input_failed");
  }
};

TEST(ExpressionFaults, ArePassedOnFromTheSource) {
  for (const char* text : {"x > 1", "absent(x)", "sum(x) or x"}) {
    const Error error =
        testing::error_of([&] { evaluate_tree(parse_tree(text, {}), FailedSeries{}, minute(0)); });
    EXPECT_EQ(error.reason(), "input_failed") << text;
  }
}

}  // namespace
}  // namespace pcx::alert
