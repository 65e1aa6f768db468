#include "alert/expression.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "tests/alert/expression_series.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const TextSeries& series() {
  static const TextSeries all{R"(
stock{tenant="north"} 12
stock{tenant="south"} 3
limit{tenant="north"} 10
limit{tenant="east"} 10
up 1
)"};
  return all;
}

Expression expression(const std::string& text) { return Expression::parse(text, {"r.yml", 2, 3}); }

std::string answer_of(const std::string& text) {
  return written(expression(text).evaluate(series(), minute(0)));
}

std::string present(const std::string& text) {
  return written(expression(text).present(series(), minute(0)));
}

TEST(ExpressionAnswers, HaveNoNamesAndAreInOrder) {
  EXPECT_EQ(answer_of("stock"), "{tenant=\"north\"} 12; {tenant=\"south\"} 3");
  EXPECT_EQ(answer_of("stock > 10"), "{tenant=\"north\"} 12");
  EXPECT_EQ(answer_of("limit or stock"),
            "{tenant=\"east\"} 10; {tenant=\"north\"} 10; {tenant=\"south\"} 3");
  EXPECT_EQ(answer_of("up or stock"), "{} 1; {tenant=\"north\"} 12; {tenant=\"south\"} 3");
  EXPECT_EQ(answer_of("1 + 1"), "2");
}

TEST(ExpressionAnswers, RefuseLabelsThatOnlyANameToldApart) {
  const Error error = testing::error_of(
      [] { answer_of("sum by (__name__) (stock{tenant=\"south\"} or limit{tenant=\"north\"})"); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_THAT(error.what(), HasSubstr("two samples have the labels {}"));
  EXPECT_EQ(to_string(error.location()), "r.yml:2:3");
}

TEST(ExpressionPresence, IsAsIfComparisonsHeld) {
  const std::string both = "{tenant=\"north\"} 12; {tenant=\"south\"} 3";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"stock > 10", both},
      {"10 < stock", both},
      {"stock > 10 > 11", both},
      {"stock", both},
      {"stock > bool 10", "{tenant=\"north\"} 1; {tenant=\"south\"} 0"},
      {"stock > limit", "{tenant=\"north\"} 12"},
      {"stock < limit", "{tenant=\"north\"} 12"},
      {"stock > 100 and limit > 100", "{tenant=\"north\"} 12"},
      {"stock > 100 or limit > 100",
       "{tenant=\"east\"} 10; {tenant=\"north\"} 12; {tenant=\"south\"} 3"},
      {"stock > 10 unless limit == 10", both},
      {"stock > 10 unless nobody", both},
      {"nobody > 10", ""},
      {"nobody > 10 and stock", ""},
      {"sum(stock > 100) > 5", "{} 15"},
      {"count by (tenant) (stock > 100) > 5", "{tenant=\"north\"} 1; {tenant=\"south\"} 1"},
      {"-(stock > 100)", "{tenant=\"north\"} -12; {tenant=\"south\"} -3"},
      {"abs(stock > 100)", both},
      {"(stock > 100) + (limit > 100)", "{tenant=\"north\"} 22"},
      {"absent(stock)", "{} 1"},
      {"absent(nobody{a=\"b\"})", "{a=\"b\"} 1"},
      {"absent(stock > 1) == 7", "{} 1"},
      {"2 > bool 3", "{} 0"},
      {"5", "{} 5"},
  };
  for (const auto& [text, samples] : table) EXPECT_EQ(present(text), samples) << text;
}

TEST(ExpressionPresence, HasWhateverIsTrue) {
  for (const char* text :
       {"stock > 10", "stock > limit", "stock unless limit", "stock > 5 or limit", "absent(nobody)",
        "sum by (tenant) (stock > 5) >= 12", "stock != 3 and limit == 10"}) {
    const Samples there = expression(text).present(series(), minute(0));
    const Answer matches = expression(text).evaluate(series(), minute(0));
    for (const Sample& match : std::get<Samples>(matches)) {
      EXPECT_THAT(there, ::testing::Contains(::testing::Field(&Sample::labels, match.labels)))
          << text;
    }
    EXPECT_FALSE(std::get<Samples>(matches).empty()) << text;
  }
}

TEST(ExpressionSelectorList, IsInTheOrderOfTheText) {
  const auto found =
      expression("x{a=\"1\"} > 3 and sum by (b) (y offset 1d) or absent(x) unless -z").selectors();
  std::vector<std::string> names;
  for (const Selector& selector : found) names.push_back(selector.name);
  EXPECT_THAT(names, ElementsAre("x", "y", "x", "z"));
  EXPECT_EQ(found.at(0).matchers.list().at(0).value, "1");
  EXPECT_EQ(found.at(1).offset, std::chrono::hours{24});
  EXPECT_TRUE(expression("1 + 1").selectors().empty());
}

TEST(ExpressionTypes, AreOfTheWholeExpression) {
  for (const char* text : {"x", "-x", "1 + x", "x > bool 1", "sum(x)", "absent(x)", "(x)"}) {
    EXPECT_TRUE(expression(text).is_vector()) << text;
  }
  for (const char* text : {"1", "-1", "(1 + 2) * 3", "1 > bool 2"}) {
    EXPECT_FALSE(expression(text).is_vector()) << text;
  }
}

TEST(ExpressionText, IsKeptAsItWas) {
  const Expression first = expression(" x  > 1 # why");
  const Expression copy = first;
  EXPECT_EQ(copy.text(), " x  > 1 # why");
  EXPECT_EQ(written(copy.evaluate(series(), minute(0))), "");
}

}  // namespace
}  // namespace pcx::alert
