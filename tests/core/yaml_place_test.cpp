#include "core/yaml_place.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

struct Row {
  const char* name;
  const char* file;
  LineColumn within;
  const char* place;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class PlaceInYaml : public ::testing::TestWithParam<Row> {};

TEST_P(PlaceInYaml, IsWhereTheValueIsWritten) {
  const YamlNode root = parse_yaml(GetParam().file, "f");
  const Location place =
      place_within(GetParam().file, root.members.at(0).second, GetParam().within);
  EXPECT_EQ(to_string(place), GetParam().place);
}

INSTANTIATE_TEST_SUITE_P(
    Of, PlaceInYaml,
    ::testing::Values(Row{"plain", "a: one two\n", {1, 5}, "f:1:8"},
                      Row{"single_quotes", "a: 'one two'\n", {1, 5}, "f:1:9"},
                      Row{"double_quotes", "a: \"one two\"\n", {1, 5}, "f:1:9"},
                      Row{"escapes_are_not_counted", "a: 'it''s two'\n", {1, 6}, "f:1:4"},
                      Row{"folded_is_where_it_begins", "a: >\n  one\n  two\n", {1, 5}, "f:1:4"},
                      Row{"block", "a: |\n  one\n  two\n", {2, 3}, "f:3:5"},
                      Row{"block_with_returns", "a: |\r\n  one\r\n  two\r\n", {2, 1}, "f:3:3"},
                      Row{"behind_the_last_line", "a: |\n  one", {2, 1}, "f:1:4"},
                      Row{"empty_block", "a: |\n", {1, 1}, "f:1:4"},
                      Row{"empty_block_at_the_end", "a: |", {1, 1}, "f:1:4"},
                      Row{"empty_quotes", "a: ''\n", {1, 1}, "f:1:4"},
                      Row{"characters_not_bytes", "\xc3\xa4: one\n", {1, 2}, "f:1:5"}));

TEST(YamlPlace, MovesErrorsOfDataAndNoOthers) {
  const std::string file = "a: |\n  one\n  two\n";
  const YamlNode root = parse_yaml(file, "f");
  const auto throwing = [&](ErrorCode code) -> std::string {
    try {
      return at_value(file, root.members[0].second, [code](const Location& from) -> std::string {
        throw Error{code, "wrong"}.at({from.file, 2, 2});
      });
    } catch (const Error& error) {
      return to_string(error.location());
    }
  };
  EXPECT_EQ(throwing(ErrorCode::data), "f:3:4");
  EXPECT_EQ(throwing(ErrorCode::io), "f:2:2");
  EXPECT_EQ(at_value(file, root.members[0].second, [](const Location& from) { return from.line; }),
            1);
}

}  // namespace
}  // namespace pcx
