#include "alert/expression_token.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace pcx::alert {
namespace {

using std::chrono::milliseconds;

std::vector<std::string> tokens_of(std::string_view text) {
  const PlacedText placed{text, {}};
  Tokens tokens{placed};
  std::vector<std::string> found;
  for (Token token = tokens.next(); token.kind != TokenKind::end; token = tokens.next()) {
    found.emplace_back(token.text);
  }
  return found;
}

TEST(ExpressionTokens, AreTheLongestOnes) {
  EXPECT_EQ(tokens_of("a<=b==c!=d>=e<f>g"),
            (std::vector<std::string>{"a", "<=", "b", "==", "c", "!=", "d", ">=", "e", "<", "f",
                                      ">", "g"}));
  EXPECT_EQ(tokens_of("x{a=~\"b\",c!~'d',e!=`f`}-1.5e-3^:b"),
            (std::vector<std::string>{"x", "{", "a", "=~", "\"b\"", ",", "c", "!~", "'d'", ",", "e",
                                      "!=", "`f`", "}", "-", "1.5e-3", "^", ":b"}));
  EXPECT_EQ(tokens_of("x # + y\n+ 1h30m#z"), (std::vector<std::string>{"x", "+", "1h30m"}));
}

TEST(ExpressionTokens, KnowKeywordsOutsideOfBracesOnly) {
  const PlacedText placed{"Sum{SUM", {}};
  Tokens tokens{placed};
  EXPECT_TRUE(tokens.next().is_keyword("sum"));
  EXPECT_TRUE(tokens.next().is_sign("{"));
  EXPECT_EQ(tokens.next().keyword, "");
}

}  // namespace
}  // namespace pcx::alert
