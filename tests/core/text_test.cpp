#include "core/text.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

TEST(FindInvalidUtf8, AcceptsEveryLength) {
  EXPECT_EQ(find_invalid_utf8("a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x90\x8e"), std::nullopt);
}

struct Broken {
  const char* text;
  std::size_t offset;
};

class FindInvalidUtf8At : public ::testing::TestWithParam<Broken> {};

TEST_P(FindInvalidUtf8At, NamesTheFirstBadByte) {
  EXPECT_EQ(find_invalid_utf8(GetParam().text), GetParam().offset);
}

INSTANTIATE_TEST_SUITE_P(Bytes, FindInvalidUtf8At,
                         ::testing::Values(Broken{"\xff", 0}, Broken{"ab\x80", 2},
                                           Broken{"a\xc0\xaf", 1}, Broken{"\xed\xa0\x80", 0},
                                           Broken{"\xf4\x90\x80\x80", 0}, Broken{"x\xe6\x97", 1}));

TEST(LineColumnAt, CountsCodePoints) {
  const auto place = line_column_at("one\n\xc3\xa9\xc3\xa9x", 8);
  EXPECT_EQ(place.line, 2);
  EXPECT_EQ(place.column, 3);
}

TEST(LineColumnAt, StopsAtTheEnd) {
  EXPECT_EQ(line_column_at("a\nb", 99).line, 2);
  EXPECT_EQ(line_column_at("a\nb", 99).column, 2);
  EXPECT_EQ(line_column_at("", 0).column, 1);
}

TEST(FirstCodePoint, HasNoBytesWhenThereIsNone) {
  EXPECT_EQ(first_code_point("").bytes, 0u);
  EXPECT_EQ(first_code_point("\xff").bytes, 0u);
  EXPECT_EQ(first_code_point("\xf0\x9f\x90\x8e!").value, U'\U0001f40e');
}

TEST(ByteOffsetOfCharacter, CountsFromOne) {
  const std::string_view text = "a\xc3\xa9z";
  EXPECT_EQ(byte_offset_of_character(text, 1), 0u);
  EXPECT_EQ(byte_offset_of_character(text, 2), 1u);
  EXPECT_EQ(byte_offset_of_character(text, 3), 3u);
  EXPECT_EQ(byte_offset_of_character(text, 4), 4u);
}

TEST(FirstLine, EndsBeforeTheBreak) {
  EXPECT_EQ(first_line("one\ntwo"), "one");
  EXPECT_EQ(first_line("one"), "one");
  EXPECT_EQ(first_line(""), "");
}

TEST(Trim, TakesAsciiWhiteSpace) {
  EXPECT_EQ(trim(" \t\r\n\f\va b "), "a b");
  EXPECT_EQ(trim("  "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Split, IsUndoneByJoin) {
  for (const char* text : {"", "a", ",", "a,,b,"}) EXPECT_EQ(join(split(text, ','), ","), text);
  EXPECT_EQ(split("a,,b,", ',').size(), 4u);
  EXPECT_EQ(join({}, ","), "");
}

TEST(Counted, KnowsThePlural) {
  EXPECT_EQ(counted(1, "row"), "1 row");
  EXPECT_EQ(counted(0, "row"), "0 rows");
  EXPECT_EQ(counted(-2, "row"), "-2 rows");
}

TEST(Nearest, GivesTiesToTheFirst) { EXPECT_EQ(nearest("bat", {"cat", "hat"}), "cat"); }

TEST(Nearest, DoesNotGrowWithAHugeWord) {
  EXPECT_EQ(nearest(std::string(10'000'000, 'x'), {"key"}), std::nullopt);
}

TEST(Nearest, FindsSwappedLetters) {
  EXPECT_EQ(nearest("kye", {"apikey", "key", "kpi"}), "key");
  EXPECT_EQ(nearest("frobnicate", {"apikey", "key"}), std::nullopt);
}

TEST(EscapeControls, DisarmsTerminalSequences) {
  EXPECT_EQ(escape_controls("a\x1b[31mb\n\xe2\x80\xae"), "a\\x1b[31mb\\n\\u{202e}");
  EXPECT_EQ(escape_controls("\xc2\x9b"), "\\x9b");
  EXPECT_EQ(escape_controls("\xff"), "\\xff");
  EXPECT_EQ(escape_controls("\t\r\x7f\xe2\x80\xa8\xd8\x9c"), "\\t\\r\\x7f\\u{2028}\\u{61c}");
  EXPECT_EQ(escape_controls("\xc3\xa9 \xf0\x9f\x90\x8e"), "\xc3\xa9 \xf0\x9f\x90\x8e");
}

}  // namespace
}  // namespace pcx
