#include "core/yaml_tree.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx {
namespace {

void expect_same(const YamlNode& left, const YamlNode& right) {
  EXPECT_EQ(left.kind, right.kind);
  EXPECT_EQ(left.text, right.text);
  EXPECT_EQ(left.quoted, right.quoted);
  EXPECT_EQ(to_string(left.place), to_string(right.place));
  ASSERT_EQ(left.items.size(), right.items.size());
  for (std::size_t i = 0; i < left.items.size(); ++i) expect_same(left.items[i], right.items[i]);
  ASSERT_EQ(left.members.size(), right.members.size());
  ASSERT_EQ(left.key_places.size(), right.key_places.size());
  for (std::size_t i = 0; i < left.members.size(); ++i) {
    EXPECT_EQ(left.members[i].first, right.members[i].first);
    EXPECT_EQ(to_string(left.key_places[i]), to_string(right.key_places[i]));
    expect_same(left.members[i].second, right.members[i].second);
  }
}

class YamlTree : public ::testing::TestWithParam<const char*> {};

TEST_P(YamlTree, GivesBackWhatWasParsed) {
  const YamlNode root = parse_yaml(GetParam(), "f");
  expect_same(from_tree(to_tree(root), "f"), root);
}

INSTANTIATE_TEST_SUITE_P(Texts, YamlTree,
                         ::testing::Values("", "~", "word", "\"\"", "'7'", "[]", "{}",
                                           "[[], {}, ~]",
                                           "a: 1\nb:\n  - x: |\n      SELECT 1\n\n      m 1 1 9\n"
                                           "  - 'y'\nc: {d: \"two\\nlines\", e: }\n",
                                           "- \xc3\xa9\n- &x [1, 2]\n- *x\n"));

TEST(FromTree, RefusesWhatIsCutOffOrOfAnotherKind) {
  const std::string tree = to_tree(parse_yaml("a: [b, 'c']\n", "f"));
  for (std::size_t size = 0; size < tree.size(); ++size) {
    const Error error = testing::error_of([&] { from_tree(tree.substr(0, size), "f"); });
    EXPECT_EQ(error.code(), ErrorCode::internal) << size;
  }
  for (const std::string& wrong : {std::string{"x 1 1 0\n"}, tree + "- 1 1 0\n",
                                   std::string{"l 1 1 18446744073709551615\n"}}) {
    EXPECT_EQ(testing::error_of([&] { from_tree(wrong, "f"); }).code(), ErrorCode::internal);
  }
}

TEST(ParseYaml, OfAnEmbeddedFileNamesItBuiltin) {
  const std::string text = "a: b\n", tree = to_tree(parse_yaml(text, "x.yaml"));
  const YamlNode root = parse_yaml(EmbeddedFile{"x.yaml", text, tree});
  EXPECT_EQ(to_string(root.members[0].second.place), "builtin:x.yaml:1:4");
}

}  // namespace
}  // namespace pcx
