#include "load/expression.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "core/json.h"
#include "tests/support/errors.h"

namespace pcx::load {
namespace {

using pcx::testing::error_of;

struct World {
  std::vector<std::string> names;
  std::map<std::string, Value, std::less<>> values = {
      {"n", Value{5.0}},
      {"text", Value{"abc"}},
      {"ten", Value{"10"}},
      {"yes", Value{true}},
      {"no", Value{false}},
      {"nothing", Value{nullptr}},
      {"empty", Value{""}},
      {"http.response_time.p95", Value{231.5}},
      {"vusers.created", Value{200.0}},
      {"vusers.completed", Value{199.0}},
      {"list", Value::of(parse_json("[1,\"a\"]", "t"))},
      {"user", Value::of(parse_json(R"({"role":{"name":"vet"}})", "t"))},
      {"plugins.metrics-by-endpoint.response_time./users/:id.p95", Value{12.0}},
  };

  Expression parse(std::string_view text) {
    return Expression::parse(
        text, {"s.yml", 3, 10},
        [this](std::string_view name) {
          names.emplace_back(name);
          return names.size() - 1;
        },
        [this](std::string_view name) { return values.contains(name); });
  }
  Value evaluate(std::string_view text) {
    return parse(text).evaluate([this](std::size_t number) {
      const auto found = values.find(names.at(number));
      return found == values.end() ? Value{} : found->second;
    });
  }
};

struct Case {
  const char* text;
  const char* expected;  // as text
};

class ExpressionEvaluates : public ::testing::TestWithParam<Case> {};

TEST_P(ExpressionEvaluates, AsFiltrexDoes) {
  World world;
  EXPECT_EQ(world.evaluate(GetParam().text).to_text(), GetParam().expected) << GetParam().text;
  EXPECT_FALSE(world.parse(GetParam().text).is_extended()) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ExpressionEvaluates,
    ::testing::Values(
        Case{"n", "5"}, Case{"n > 4", "1"}, Case{"n < 4", "0"}, Case{"n >= 5 and n <= 5", "1"},
        Case{"n != 5 or text == \"abc\"", "1"}, Case{"1 + 2 * 3", "7"}, Case{"(1 + 2) * 3", "9"},
        Case{"2 ^ 3 ^ 2", "64"}, Case{"-2 ^ 2", "4"}, Case{"7 % 4 - 1", "2"},
        Case{"10 - 3 - 2", "5"}, Case{"1 / 4", "0.25"}, Case{"text + 1", "abc1"},
        Case{"ten * 2", "20"}, Case{"ten == 10", "1"}, Case{"ten < 9", "0"},
        Case{"\"10\" < \"9\"", "1"}, Case{"yes == 1", "1"}, Case{"no == 0", "1"},
        Case{"nothing == unknown", "1"}, Case{"nothing == 0", "0"}, Case{"unknown", "undefined"},
        Case{"unknown > 1", "0"}, Case{"not yes", "0"}, Case{"not n == 5", "0"},
        Case{"not (n == 4)", "1"}, Case{"not empty", "1"}, Case{"n in (4, 5)", "1"},
        Case{"n not in (4, 5)", "0"}, Case{"text in (\"x\", \"abc\")", "1"},
        Case{"ten in (10, 11)", "0"}, Case{"(1, \"a\") in list", "1"}, Case{"2 in list", "0"},
        Case{"n in n", "1"}, Case{"text ~= \"^a.c$\"", "1"}, Case{"text ~= \"x\"", "0"},
        Case{"text ~= text", "1"}, Case{"n > 3 ? \"big\" : \"small\"", "big"},
        Case{"no ? 1 : yes ? 2 : 3", "2"}, Case{"yes ? 1 : no ? 2 : 3", "2"},
        Case{"abs(-3) + ceil(1.2) + floor(1.8) + round(2.5)", "9"}, Case{"max(1, n, 3)", "5"},
        Case{"min(1, n, 3)", "1"}, Case{"sqrt(16) + log(1)", "4"}, Case{"max()", "-Infinity"},
        Case{"abs()", "NaN"}, Case{"min(text, 1)", "NaN"}, Case{"role of user == 1", "0"},
        Case{"name of (role of user)", "vet"}, Case{"'text'", "abc"}, Case{"\"a\\\"b\"", "a\"b"},
        Case{"text and n", "1"}, Case{"n and text", "1"}, Case{"empty or no", "0"},
        Case{"android", "undefined"}, Case{"http.response_time.p95 < 200", "0"},
        Case{"plugins.metrics-by-endpoint.response_time./users/:id.p95 < 200", "1"},
        Case{"((vusers.created - vusers.completed)/vusers.created * 100) <= 1", "1"},
        Case{"vusers.created-vusers.completed", "1"}));

class ExpressionEvaluatesMore : public ::testing::TestWithParam<Case> {};

TEST_P(ExpressionEvaluatesMore, ThanFiltrexReads) {
  World world;
  EXPECT_EQ(world.evaluate(GetParam().text).to_text(), GetParam().expected) << GetParam().text;
  EXPECT_TRUE(world.parse(GetParam().text).is_extended()) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ExpressionEvaluatesMore,
    ::testing::Values(Case{"n && text", "1"}, Case{"no || empty", "0"}, Case{"!no", "1"},
                      Case{"!yes && n", "0"}, Case{"ten === 10", "0"}, Case{"n === 5", "1"},
                      Case{"n !== 5", "0"}, Case{"yes == true", "1"}, Case{"no == false", "1"},
                      Case{"nothing != null", "0"}, Case{"if n > 4 then 1 else 2", "1"},
                      Case{"if no then 1", "0"}, Case{"user.role.name == \"vet\"", "1"},
                      Case{"user.none.name", "undefined"}));

struct Wrong {
  const char* text;
  int column;
  const char* message;
};

class ExpressionRefuses : public ::testing::TestWithParam<Wrong> {};

TEST_P(ExpressionRefuses, WithThePlace) {
  World world;
  const Error error = error_of([&] { world.parse(GetParam().text); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_STREQ(error.what(), GetParam().message);
  EXPECT_EQ(to_string(error.location()), "s.yml:3:" + std::to_string(GetParam().column));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ExpressionRefuses,
    ::testing::Values(Wrong{"", 10, "the condition ends too early"},
                      Wrong{"n >", 13, "the condition ends too early"},
                      Wrong{"n 5", 12, "\"5\" is not expected here"},
                      Wrong{"n = 5", 12, "\"= 5\" is not expected here"},
                      Wrong{"(n", 12, "the condition ends too early"},
                      Wrong{"n ? 1", 15, "the condition ends too early"},
                      Wrong{"\xc3\xa9", 10, "\"\xc3\xa9\" is not expected here"},
                      Wrong{"text == \"a", 18, "\"\"a\" has no closing quote"},
                      Wrong{"sin(1)", 10, "\"sin(1)\" is no function of conditions"},
                      Wrong{"random()", 10, "\"random()\" is no function of conditions"},
                      Wrong{"5x", 10, "\"5x\" is no number"}));

TEST(Expression, RefusesWhatIsNestedTooDeeply) {
  World world;
  const std::string deep = std::string(200, '(') + "1" + std::string(200, ')');
  EXPECT_EQ(error_of([&] { world.parse(deep); }).code(), ErrorCode::data);
  EXPECT_EQ(error_of([&] { world.parse(std::string(10'000, '-') + "1"); }).code(), ErrorCode::data);
  EXPECT_EQ(error_of([&] { world.parse("n ~= \"(\""); }).code(), ErrorCode::data);
}

}  // namespace
}  // namespace pcx::load
