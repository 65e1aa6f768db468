#include "core/yaml.h"

#include <gtest/gtest.h>

#include "tests/support/errors.h"

namespace pcx {
namespace {

using Kind = YamlNode::Kind;

std::string place_of(const YamlNode& node) { return to_string(node.place); }

TEST(ParseYaml, KeepsEveryScalarAsItsText) {
  const YamlNode root = parse_yaml("[010, yes, 1_000, 0x1F, 1e3, \"a\\tb\", 'it''s', .inf]", "f");
  std::vector<std::string> texts;
  for (const auto& item : root.items) texts.push_back(item.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"010", "yes", "1_000", "0x1F", "1e3", "a\tb", "it's",
                                             ".inf"}));
}

TEST(ParseYaml, TellsQuotesFromPlainText) {
  const YamlNode root = parse_yaml("a: '1'\nb: 1\nc: |\n  1\nd: !!str 1\ne: !!int 1\n", "f");
  EXPECT_TRUE(root.find("a")->quoted);
  EXPECT_FALSE(root.find("b")->quoted);
  EXPECT_TRUE(root.find("c")->quoted);
  EXPECT_EQ(root.find("c")->text, "1\n");
  EXPECT_TRUE(root.find("d")->quoted);
  EXPECT_FALSE(root.find("e")->quoted);
}

TEST(ParseYaml, KnowsNull) {
  const YamlNode root = parse_yaml("a:\nb: ~\nc: null\nd: 'null'\ne: ''\n", "f");
  EXPECT_EQ(root.find("a")->kind, Kind::null);
  EXPECT_EQ(root.find("b")->kind, Kind::null);
  EXPECT_EQ(root.find("c")->kind, Kind::null);
  EXPECT_EQ(root.find("d")->kind, Kind::scalar);
  EXPECT_EQ(root.find("e")->kind, Kind::scalar);
}

TEST(ParseYaml, ReadsNothingAsNull) {
  for (const char* text : {"", "\n", "# only a comment\n", "\xef\xbb\xbf", "---\n", "---\n...\n"}) {
    const YamlNode root = parse_yaml(text, "f");
    EXPECT_EQ(root.kind, Kind::null) << text;
    EXPECT_GE(root.place.line, 1) << text;
  }
}

TEST(ParseYaml, KeepsMembersInTheirOrder) {
  const YamlNode root = parse_yaml("b: 1\na: {z: 1, y: 2}\n", "f");
  ASSERT_EQ(root.members.size(), 2u);
  EXPECT_EQ(root.members[0].first, "b");
  EXPECT_EQ(root.members[1].first, "a");
  EXPECT_EQ(root.find("a")->members[0].first, "z");
  EXPECT_EQ(root.find("nothing"), nullptr);
  EXPECT_EQ(root.find("b")->find("x"), nullptr);
}

TEST(ParseYaml, KnowsWhereThingsStand) {
  const YamlNode root = parse_yaml("a: 1\nlist:\n  - x\n  - {k: v}\n", "dir/f.yaml");
  EXPECT_EQ(place_of(*root.find("a")), "dir/f.yaml:1:4");
  EXPECT_EQ(to_string(root.key_places[1]), "dir/f.yaml:2:1");
  const YamlNode& list = *root.find("list");
  EXPECT_EQ(place_of(list.items[0]), "dir/f.yaml:3:5");
  EXPECT_EQ(place_of(list.items[1]), "dir/f.yaml:4:5");
  EXPECT_EQ(to_string(list.items[1].key_places[0]), "dir/f.yaml:4:6");
  EXPECT_EQ(place_of(list.items[1].members[0].second), "dir/f.yaml:4:9");
}

TEST(ParseYaml, CountsColumnsInCharacters) {
  const std::string text = "\xef\xbb\xbf[\xc3\xa9\xf0\x9f\x90\x8e, b]";
  EXPECT_EQ(place_of(parse_yaml(text, "f").items[1]), "f:1:6");
  const YamlNode windows = parse_yaml("a: 1\r\n\xc3\xa9: 2\r\n", "f");
  EXPECT_EQ(place_of(windows.members[1].second), "f:2:4");
}

TEST(ParseYaml, CopiesWhatAnAliasNames) {
  const YamlNode root = parse_yaml("a: &x {k: [1, 2]}\nb: *x\n&name c: *name\n", "f");
  EXPECT_EQ(root.find("b")->find("k")->items[1].text, "2");
  EXPECT_EQ(place_of(*root.find("b")), "f:1:4");
  EXPECT_EQ(root.find("c")->text, "c");
}

struct Refused {
  const char* name;
  std::string text;
  const char* message;
  const char* place;
};

class ParseYamlRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(ParseYamlRefuses, WithThePlace) {
  const YamlLimits limits{.bytes_max = 200, .depth_max = 5, .nodes_max = 40};
  const Error error = testing::error_of([&] { parse_yaml(GetParam().text, "f", limits); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_STREQ(error.what(), GetParam().message);
  EXPECT_EQ(to_string(error.location()), GetParam().place);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseYamlRefuses,
    ::testing::Values(
        Refused{"Twice", "a: 1\nb: 2\na: 3\n", "key \"a\" occurs twice", "f:3:1"},
        Refused{"TwiceInFlow", "{a: 1, 'a': 2}", "key \"a\" occurs twice", "f:1:8"},
        Refused{"TwiceByAlias", "{&k a: 1, *k : 2}", "key \"a\" occurs twice", "f:1:11"},
        Refused{"ListAsKey", "? [1]\n: 2\n", "a key that is no text", "f:1:3"},
        Refused{"NullAsKey", "~: 2\n", "a key that is no text", "f:1:1"},
        Refused{"Unclosed", "a: [1, 2", "not YAML: end of sequence flow not found", "f:1:9"},
        Refused{"Tabs", "a:\n\tb: 1\n", "not YAML: illegal map value", "f:2:3"},
        Refused{"UnknownAlias", "a: *x\n", "not YAML: the referenced anchor is not defined",
                "f:1:4"},
        Refused{"AliasInItself", "a: &x [1, *x]\n", "an alias inside the value that it names",
                "f:1:11"},
        Refused{"TwoDocuments", "a: 1\n---\nb: 2\n", "more than one document in a file", "f:2:1"},
        Refused{"ForeignTag", "a: !!js/function x\n",
                "the tag tag:yaml.org,2002:js/function is not known", "f:1:4"},
        Refused{"ForeignTagOfMap", "a: !point {x: 1}\n", "the tag !point is not known", "f:1:4"},
        Refused{"NotUtf8", "a: 1\nb: \xff\n", "not UTF-8", "f:2:4"},
        Refused{"EndOfTransmission", "a: 1\nb: \x04\nc: lost\n", "control character \\x04 in YAML",
                "f:2:4"},
        Refused{"Nul", std::string("a\0: 1", 5), "control character \\x00 in YAML", "f:1:2"},
        Refused{"TooDeep", "[[[[[[1]]]]]]", "nested deeper than 5 levels", "f:1:6"},
        Refused{"TooDeepByAlias", "[&a [[[1]]], [[*a]]]", "nested deeper than 5 levels", "f:1:16"},
        Refused{"TooLong", std::string(201, '#'), "longer than 200 bytes", "f"},
        Refused{"TooManyNodes",
                "[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,"
                "1,2,3,4,5,6,7,8,9,0]",
                "more than 40 values, aliases included", "f:1:80"},
        Refused{"BillionLaughs", "[&a [1,2,3], &b [*a,*a], &c [*b,*b], *c, *c, *c]",
                "more than 40 values, aliases included", "f:1:33"},
        Refused{"LongText", "[&a " + std::string(80, 'x') + ", *a]",
                "more than 200 bytes of text, aliases included", "f:1:87"}),
    [](const auto& chosen) { return std::string{chosen.param.name}; });

TEST(ParseYaml, SaysWhereTheFirstOfTwoKeysIs) {
  const Error error = testing::error_of([] { parse_yaml("a: 1\nb: 2\na: 3\n", "f"); });
  EXPECT_EQ(error.hint(), "The first one is in line 1; remove one of them.");
}

TEST(ParseYaml, PlacesManyValuesOfOneLineInLinearTime) {
  std::string text = "[";
  for (int i = 0; i < 100'000; ++i) text += "\xc3\xa9,";
  const YamlNode root = parse_yaml(text + "]", "f");
  EXPECT_EQ(root.items.size(), 100'000u);
  EXPECT_EQ(place_of(root.items.back()), "f:1:200000");
}

}  // namespace
}  // namespace pcx
