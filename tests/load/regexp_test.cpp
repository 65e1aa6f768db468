#include "load/regexp.h"

#include <gtest/gtest.h>

#include "tests/support/errors.h"

namespace pcx::load {
namespace {

using Found = std::optional<std::string>;

TEST(Regexp, FindsTheWholeMatchOrAGroup) {
  const Regexp token = Regexp::compile("token=(?<value>\\w+)(;x)?");
  EXPECT_EQ(token.find("a token=abc b", ""), Found{"token=abc"});
  EXPECT_EQ(token.find("a token=abc b", "1"), Found{"abc"});
  EXPECT_EQ(token.find("a token=abc b", "value"), Found{"abc"});
  EXPECT_EQ(token.find("a token=abc b", "2"), Found{""});
  EXPECT_EQ(token.find("a token=abc b", "9"), Found{"token=abc"});
  EXPECT_EQ(token.find("nothing", ""), std::nullopt);
}

TEST(Regexp, KnowsTheFlagsOfJavaScript) {
  EXPECT_FALSE(Regexp::compile("ABC").matches("xabc"));
  EXPECT_TRUE(Regexp::compile("ABC", "gi").matches("xabc"));
  EXPECT_FALSE(Regexp::compile("^b").matches("a\nb"));
  EXPECT_TRUE(Regexp::compile("^b", "m").matches("a\nb"));
  EXPECT_FALSE(Regexp::compile("a.b").matches("a\nb"));
  EXPECT_TRUE(Regexp::compile("a.b", "s").matches("a\nb"));
}

TEST(Regexp, KnowsTheClassesOfJavaScript) {
  EXPECT_EQ(Regexp::compile("a[^]*c").find("xa\nb]c", ""), Found{"a\nb]c"});
  EXPECT_FALSE(Regexp::compile("a[]").matches("a]"));
  EXPECT_TRUE(Regexp::compile("a[^\\]]b").matches("axb"));
  EXPECT_FALSE(Regexp::compile("a[^\\]]b").matches("a]b"));
  EXPECT_TRUE(Regexp::compile("\\[\\^]").matches("[^]"));
  EXPECT_TRUE(Regexp::compile("[[]").matches("["));
}

TEST(Regexp, GivesUpWhereWorkGrowsExponentially) {
  EXPECT_FALSE(Regexp::compile("(a|aa|a?)+$").matches(std::string(200, 'a') + "b"));
}

TEST(Regexp, SaysWhatIsWrong) {
  const Error error = pcx::testing::error_of([] { Regexp::compile("a(b"); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_TRUE(std::string_view{error.what()}.starts_with("not a regular expression: "));
}

}  // namespace
}  // namespace pcx::load
