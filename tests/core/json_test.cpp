#include "core/json.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "tests/support/errors.h"

namespace pcx {
namespace {

Document parsed(std::string_view text) { return parse_json(text, "f.json"); }

TEST(ParseJson, ReadsBackWhatItWrote) {
  const std::string text = R"({"b":[1,-2,2.5,true,false,null],"a":{"é\n\"\\":"x\ty"},"":[],"o":{},)"
                           R"("big":18446744073709551615})";
  EXPECT_EQ(to_json(parsed(text)), text);
}

TEST(ParseJson, KeepsMembersInTheirOrder) {
  const Document document = parsed(R"({"z": 1, "a": 2, "m": 3})");
  ASSERT_EQ(document.members().size(), 3u);
  EXPECT_EQ(document.members()[0].first, "z");
  EXPECT_EQ(document.members()[2].first, "m");
}

TEST(ParseJson, KeepsIntegersExact) {
  EXPECT_EQ(parsed("9223372036854775807"), Document{INT64_MAX});
  EXPECT_EQ(parsed("-9223372036854775808"), Document{INT64_MIN});
  EXPECT_EQ(parsed("9223372036854775808"), (Document{Cell{Decimal{"9223372036854775808"}}}));
  EXPECT_EQ(parsed("-9223372036854775809"), (Document{Cell{Decimal{"-9223372036854775809"}}}));
  EXPECT_EQ(parsed("123456789012345678901234567890"),
            (Document{Cell{Decimal{"123456789012345678901234567890"}}}));
}

TEST(ParseJson, ReadsOtherNumbersAsDouble) {
  EXPECT_EQ(parsed("1.0"), Document{1.0});
  EXPECT_EQ(parsed("1e3"), Document{1000.0});
  EXPECT_EQ(parsed("5e-324"), Document{5e-324});
}

TEST(ParseJson, DecodesEscapes) {
  EXPECT_EQ(*parsed(R"("\u00e9\ud83d\ude00\/\b\f\u0000")").text(),
            std::string("\xc3\xa9\xf0\x9f\x98\x80/\b\f\0", 10));
}

TEST(ParseJson, PassesOverAByteOrderMark) { EXPECT_EQ(parsed("\xef\xbb\xbf 1"), Document{1}); }

struct Refused {
  const char* name;
  std::string text;
  const char* message;
  const char* place;
};

class ParseJsonRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(ParseJsonRefuses, WithThePlace) {
  const JsonLimits limits{.bytes_max = 100, .depth_max = 3};
  const Error error = testing::error_of([&] { parse_json(GetParam().text, "f.json", limits); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(std::string{error.what()}.substr(0, std::string_view{GetParam().message}.size()),
            GetParam().message);
  EXPECT_EQ(to_string(error.location()), GetParam().place);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseJsonRefuses,
    ::testing::Values(
        Refused{"Empty", "", "not JSON: syntax error while parsing value - unexpected end of input",
                "f.json:1:1"},
        Refused{"Comma", "{\"a\": 1,\n \"b\": }", "not JSON: syntax error while parsing value",
                "f.json:2:7"},
        Refused{"Characters", "[\"\xc3\xa9\xc3\xa9\", x]", "not JSON: syntax error", "f.json:1:8"},
        Refused{"SecondValue", "1 2", "not JSON: syntax error", "f.json:1:3"},
        Refused{"Comment", "[1] // x", "not JSON: syntax error", "f.json:1:5"},
        Refused{"Nan", "[NaN]", "not JSON: syntax error", "f.json:1:2"},
        Refused{"NotUtf8", "[\"a\xff\"]", "not JSON: syntax error", "f.json:1:4"},
        Refused{"HalfAPair", "[\"\\ud800\"]", "not JSON: syntax error", "f.json:1:9"},
        Refused{"Overflow", "[1e999]", "not JSON: number overflow parsing '1e999'", "f.json:1:6"},
        Refused{"Twice", "{\"a\": 1,\n \"b\": 2, \"a\": 3}", "key \"a\" occurs twice",
                "f.json:2:10"},
        Refused{"TwiceEscaped", R"({"a\\\"": 1, "a\\\"": 3})", "key \"a\\\"\" occurs twice",
                "f.json:1:14"},
        Refused{"TwiceByEscape", R"({"a": 1, "\u0061": 3})", "key \"a\" occurs twice",
                "f.json:1:10"},
        Refused{"TwiceWithControl", R"({"\u001b": 1, "\u001b": 3})", "key \"\\x1b\" occurs twice",
                "f.json:1:15"},
        Refused{"TooDeep", "[[[\n[1]]]]", "nested deeper than 3 levels", "f.json:2:1"},
        Refused{"TooDeepObjects", R"({"a":{"b":{"c":{}}}})", "nested deeper than 3 levels",
                "f.json:1:16"},
        Refused{"TooLong", std::string(101, ' '), "longer than 100 bytes", "f.json"}),
    [](const auto& chosen) { return std::string{chosen.param.name}; });

TEST(ParseJson, CountsKeysOfOneObjectOnly) {
  EXPECT_NO_THROW(parsed(R"([{"a": {"a": 1}}, {"a": 2}])"));
}

TEST(ToJson, Indents) {
  Document document = Document::object();
  document.set("a", Document::array().add(1).add("x")).set("empty", Document::array());
  EXPECT_EQ(to_json(document, 2), "{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"empty\": []\n}");
}

TEST(ToJson, WritesEveryKindOfCell) {
  const Time time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 31}};
  Document list = Document::array();
  list.add(Document{}).add(true).add(Cell{Decimal{"-12.50"}}).add(0.1).add(Cell{time});
  EXPECT_EQ(to_json(list), R"([null,true,-12.50,0.1,"2026-01-31T00:00:00.000Z"])");
}

TEST(ToJson, WritesNullForWhatIsNoNumber) {
  Document list = Document::array();
  list.add(std::nan("")).add(std::numeric_limits<double>::infinity());
  for (const char* digits : {"NaN", "Infinity", "-Infinity"}) list.add(Cell{Decimal{digits}});
  EXPECT_EQ(to_json(list), "[null,null,null,null,null]");
}

TEST(ToJson, ReplacesInvalidUtf8) {
  EXPECT_EQ(to_json(Document{"a\xff z"}), "\"a\xef\xbf\xbd z\"");
  EXPECT_EQ(to_json(Document{"\x01\x1f\x7f"}), "\"\\u0001\\u001f\x7f\"");
}

}  // namespace
}  // namespace pcx
