#include "load/script_tree.h"

#include <gtest/gtest.h>

#include "core/json.h"

namespace pcx::load {
namespace {

std::string json_of(std::string_view yaml) {
  YamlNode node = parse_yaml(yaml, "f");
  resolve_merge_keys(node);
  return to_json(to_document(node));
}

TEST(ScriptTree, TypesPlainScalarsAsJsYamlDoes) {
  EXPECT_EQ(json_of("[1, -2, 1.5, 1e3, .5, 1_000, 0x1f, 0b11, 017, +4]"),
            "[1,-2,1.5,1000,0.5,1000,31,3,15,4]");
  EXPECT_EQ(json_of("[true, False, yes, no, on, null, ~, Null, '']"),
            R"([true,false,"yes","no","on",null,null,null,""])");
  EXPECT_EQ(json_of("['1', \"true\", !!str 5, 1.2.3, 1-2, e5, -, 0x, 08, _1, 12abc]"),
            R"(["1","true","5","1.2.3","1-2","e5","-","0x",8,"_1","12abc"])");
  EXPECT_EQ(json_of("[9007199254740993, .inf, .nan, 2024-01-31, 12:30]"),
            R"([9007199254740992,null,null,"2024-01-31","12:30"])");
}

TEST(ScriptTree, MergesKeys) {
  EXPECT_EQ(json_of("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n"),
            R"({"a":{"x":1,"y":2},"b":{"y":3,"x":1}})");
  EXPECT_EQ(json_of("a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc: {<<: [*a, *b]}\n"),
            R"({"a":{"x":1},"b":{"x":2,"z":3},"c":{"x":1,"z":3}})");
}

std::string merged(std::string_view base, std::string_view over, Lists lists) {
  YamlNode node = parse_yaml(base, "f");
  merge_over(node, parse_yaml(over, "f"), lists);
  return to_json(to_document(node));
}

TEST(ScriptTree, LaysOneTreeOverAnother) {
  EXPECT_EQ(merged("{a: {b: 1, c: 2}, d: 3}", "{a: {c: 4}, e: 5}", Lists::by_index),
            R"({"a":{"b":1,"c":4},"d":3,"e":5})");
  EXPECT_EQ(merged("[{a: 1}, {b: 2}]", "[{a: 3}]", Lists::by_index), R"([{"a":3},{"b":2}])");
  EXPECT_EQ(merged("[1]", "[2, 3]", Lists::by_index), "[2,3]");
  EXPECT_EQ(merged("[{a: 1}, {b: 2}]", "[{a: 3}]", Lists::replaced), R"([{"a":3}])");
  EXPECT_EQ(merged("{a: {b: 1}}", "{a: 5}", Lists::by_index), R"({"a":5})");
}

TEST(ScriptTree, GoesToDocumentsAndBack) {
  const Document document = parse_json(R"({"a":[1,1.5,"1",true,null,{"b":"true"}]})", "t");
  EXPECT_EQ(to_json(to_document(to_node(document, {"f", 1, 2}))), to_json(document));
  EXPECT_EQ(to_string(to_node(document, {"f", 1, 2}).find("a")->items[0].place), "f:1:2");
}

TEST(ScriptTree, KnowsWhatYamlMakesOfTimes) {
  const auto surprise = [](const char* text) { return surprise_of(parse_yaml(text, "f")); };
  EXPECT_EQ(surprise("2024-01-31"), Surprise::date);
  EXPECT_EQ(surprise("2024-01-31T12:00:00Z"), Surprise::date);
  EXPECT_EQ(surprise("12:30:15"), Surprise::base_60);
  EXPECT_EQ(surprise("0123"), Surprise::octal);
  EXPECT_EQ(surprise("'0123'"), Surprise::none);
  EXPECT_EQ(surprise("0"), Surprise::none);
  EXPECT_EQ(surprise("2024-01-31 and more"), Surprise::none);
  EXPECT_EQ(surprise("10:99"), Surprise::none);
}

}  // namespace
}  // namespace pcx::load
