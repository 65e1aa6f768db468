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

TEST(Nearest, FindsSwappedLetters) {
  EXPECT_EQ(nearest("kye", {"apikey", "key", "kpi"}), "key");
  EXPECT_EQ(nearest("frobnicate", {"apikey", "key"}), std::nullopt);
}

TEST(EscapeControls, DisarmsTerminalSequences) {
  EXPECT_EQ(escape_controls("a\x1b[31mb\n\xe2\x80\xae"), "a\\x1b[31mb\\n\\u{202e}");
  EXPECT_EQ(escape_controls("\xc2\x9b"), "\\x9b");
  EXPECT_EQ(escape_controls("\xff"), "\\xff");
}

}  // namespace
}  // namespace pcx
