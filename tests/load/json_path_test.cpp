#include "load/json_path.h"

#include <gtest/gtest.h>

#include "load/json_text.h"
#include "load/variable_path.h"
#include "tests/support/errors.h"

namespace pcx::load {
namespace {

constexpr const char* kStore = R"({"data": {"id": "a1", "n": -12.5e1, "none": null, "ok": true,
  "list": [{"id": 1, "name": "x"}, {"id": 2, "name": "y"}, {"id": 3}],
  "a b": "\u00e9\n\ud83d\ude00",
  "a.b": 7, "0": "zero"}, "id": "top"})";

// All that is found, as JSON.
std::string found(const char* path, std::string_view json = kStore) {
  std::string text;
  for (const Value& value : JsonPath::parse(path).find(json)) {
    if (!text.empty()) text += ' ';
    value.append_json(text);
  }
  return text;
}

struct Case {
  const char* path;
  const char* expected;
};

class JsonPathFinds : public ::testing::TestWithParam<Case> {};

TEST_P(JsonPathFinds, WhatJsonpathPlusFinds) {
  EXPECT_EQ(found(GetParam().path), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Paths, JsonPathFinds,
    ::testing::Values(
        Case{"$.id", "\"top\""}, Case{"$.data.id", "\"a1\""}, Case{"$['data']['id']", "\"a1\""},
        Case{"$[\"data\"].id", "\"a1\""}, Case{"data.id", "\"a1\""}, Case{"$.data.n", "-125"},
        Case{"$.data.none", "null"}, Case{"$.data.ok", "true"}, Case{"$.nothing", ""},
        Case{"$.data.list[1].id", "2"}, Case{"$.data.list.1.id", "2"}, Case{"$.data.0", "\"zero\""},
        Case{"$.data.list[9].id", ""}, Case{"$.data.id.x", ""}, Case{"$.data['a.b']", "7"},
        Case{"$.data['a b']", "\"\xc3\xa9\\n\xf0\x9f\x98\x80\""},
        Case{"$.data.list[0]", R"({"id":1,"name":"x"})"}, Case{"$.data.list[-1].id", "3"},
        Case{"$.data.list[*].id", "1 2 3"}, Case{"$.data.list.*.name", "\"x\" \"y\""},
        Case{"$.data.list[0,2].id", "1 3"}, Case{"$.data['id','ok']", "\"a1\" true"},
        Case{"$.data.list[1:].id", "2 3"}, Case{"$.data.list[:-1].id", "1 2"},
        Case{"$.data.list[-2:].id", "2 3"}, Case{"$.data.list[0:3:2].id", "1 3"},
        Case{"$.data.list[::9223372036854775807].id", "1"}, Case{"$..name", "\"x\" \"y\""},
        Case{"$..id", "\"top\" \"a1\" 1 2 3"}, Case{"$.data..[0].id", "1"},
        Case{"$.data.list[?(@.id > 1)].id", "2 3"},
        Case{"$.data.list[?(@.name == 'y' || @.id === 3)].id", "2 3"},
        Case{"$.data.list[?(@.name && @.name != \"x\")].id", "2"},
        Case{"$.data.list[?(!@.name)].id", "3"}, Case{"$.data.list.length", "3"},
        Case{"$.data.id.length", "2"}));

TEST(JsonPath, FindsNothingInWhatIsNoJson) {
  for (const char* text :
       {"", "x", "{", "{\"a\":1", "{\"a\":1}}", "{\"a\":1,}", "{a:1}", "[1 2]", "{\"a\":01}",
        "{\"a\":1.}", "{\"a\":1e}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}",
        "{\"a\":tru}", "{\"a\" 1}", "{\"a\":-}", "{\"b\":[{\"c\":}],\"a\":1}"}) {
    EXPECT_EQ(found("$.a", text), "") << text;
    EXPECT_EQ(found("$..a", text), "") << text;
  }
  EXPECT_EQ(found("$", "7"), "");
  EXPECT_EQ(found("$", "[7]"), "[7]");
  EXPECT_EQ(found("$[0]", " [ 7 ] "), "7");
}

TEST(JsonPath, TakesTheLastOfTwoMembers) {
  EXPECT_EQ(found("$.a", R"({"a":1,"b":2,"a":3})"), "3");
  EXPECT_EQ(found("$.a.b", R"({"a":{"b":1},"a":{}})"), "");
  EXPECT_EQ(found("$.ab", R"({"\u0061b":1})"), "1");
}

TEST(JsonPath, ReadsTreesAsJavaScriptDoes) {
  EXPECT_EQ(found("$.a", R"({"a":{"b":1,"c":2,"b":{"d":3}}})"), R"({"b":{"d":3},"c":2})");
  EXPECT_EQ(found("$..b", R"({"a":{"b":1,"b":2}})"), "2");
  EXPECT_EQ(found("$.a", R"({"a":["\ud800", "\"]", [], {}, [ ] , { } ,true,null]})"),
            "[\"\xef\xbf\xbd\",\"\\\"]\",[],{},[],{},true,null]");
}

TEST(JsonPath, KeepsTheNumbersOfJavaScript) {
  EXPECT_EQ(found("$.a", R"({"a":[1.0,2e3,-0.5,12345678901234567890]})"),
            "[1,2000,-0.5,12345678901234567000]");
  EXPECT_EQ(found("$..b", R"({"a":{"b":[7.0]}})"), "[7]");
  EXPECT_EQ(found("$.a", R"({"a":[1e-7,1e21,-1e400,0.1]})"), "[1e-7,1e+21,null,0.1]");
}

TEST(JsonPath, StandsDeepNesting) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(found("$[0]", deep), "");
  EXPECT_EQ(found("$..a", deep), "");
}

// Each level is a hit that holds all below it: copies of them would be gigabytes.
TEST(JsonPath, SharesWhatItFinds) {
  std::string deep(480, '[');
  deep += "1" + std::string(200'000, ' ');
  for (int i = 0; i < 100'000; ++i) deep += ",1";
  deep += std::string(480, ']');
  const auto hits = JsonPath::parse("$..*").find(deep);
  ASSERT_EQ(hits.size(), 479u + 100'001u);
  ASSERT_NE(hits[0].tree(), nullptr);
  EXPECT_EQ(&hits[0].tree()->items().front(), hits[1].tree());
}

TEST(JsonPath, FindsNothingWhereThereIsTooMuch) {
  std::string list = "[0";
  for (int i = 0; i < 1'000'000; ++i) list += ",0";
  EXPECT_TRUE(JsonPath::parse("$.*").find(list + "]").empty());
  list.resize(list.size() - 2);
  EXPECT_EQ(JsonPath::parse("$.*").find(list + "]").size(), 1'000'000u);
}

TEST(JsonPath, ReadsHalvesOfPairsAsReplacement) {
  EXPECT_EQ(found("$.a", R"({"a":"\ud83d!"})"), "\"\xef\xbf\xbd!\"");
  EXPECT_EQ(found("$.a", R"({"a":"\ud83d\u0041"})"),
            "\"\xef\xbf\xbd"
            "A\"");
  EXPECT_EQ(found("$.a", R"({"a":"\ude00\/\b\f\r\t\"\\"})"),
            "\"\xef\xbf\xbd/\\b\\f\\r\\t\\\"\\\\\"");
}

class JsonPathRefuses : public ::testing::TestWithParam<const char*> {};

TEST_P(JsonPathRefuses, WhatIsNoPath) {
  const Error error = pcx::testing::error_of([] { JsonPath::parse(GetParam()); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_FALSE(error.hint().empty());
}

INSTANTIATE_TEST_SUITE_P(Texts, JsonPathRefuses,
                         ::testing::Values("$.", "$..", "$.a.", "$.a[", "$.a[]", "$.a['b]", "$.a b",
                                           "$.a[1:2:3:4]", "$.a[x:1]", "$.a[::0]",
                                           "$.a[(@.length-1)]", "$.a[?@.b]", "$.a[?(b == 1)]",
                                           "$.a[?(@.b ==)]", "$a", "$.a.size()"));

TEST(FindJson, TellsTreesFromOtherValues) {
  EXPECT_TRUE(find_json("{}", {}).is_tree);
  EXPECT_FALSE(find_json("\"a\"", {}).is_tree);
  EXPECT_TRUE(find_json("\"a\"", {}).is_json);
  EXPECT_EQ(find_json(R"( {"a": [1, {"b": "c"}]} )", parse_variable_path("a[1].b")).value, "\"c\"");
  EXPECT_FALSE(find_json(R"({"a":1})", parse_variable_path("b")).value);
}

}  // namespace
}  // namespace pcx::load
