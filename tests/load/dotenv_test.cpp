#include "load/dotenv.h"

#include <gmock/gmock.h>

namespace pcx::load {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Dotenv, ReadsAssignments) {
  EXPECT_THAT(parse_dotenv("A=1\n  B = two words \nexport C=3\r\nD: four\nE=\nF.g-h=6"),
              ElementsAre(Pair("A", "1"), Pair("B", "two words"), Pair("C", "3"), Pair("D", "four"),
                          Pair("E", ""), Pair("F.g-h", "6")));
}

TEST(Dotenv, PassesOverWhatIsNoAssignment) {
  EXPECT_THAT(parse_dotenv("# A=1\n\nB\nD E=1\nURL:x\n"), IsEmpty());
  EXPECT_THAT(parse_dotenv(""), IsEmpty());
}

TEST(Dotenv, CutsCommentsOff) {
  EXPECT_THAT(parse_dotenv("A=1 # one\nB='#' # quoted\nC=#nothing\n"),
              ElementsAre(Pair("A", "1"), Pair("B", "#"), Pair("C", "")));
}

TEST(Dotenv, ReadsQuotes) {
  EXPECT_THAT(parse_dotenv(R"(A=" x\ny\\r "
B='x\ny'
C=`it's "so"`
D="say \"hi\""
E="open
F=1)"),
              ElementsAre(Pair("A", " x\ny\\\r "), Pair("B", R"(x\ny)"), Pair("C", R"(it's "so")"),
                          Pair("D", R"(say \"hi\")"), Pair("E", "\"open"), Pair("F", "1")));
}

TEST(Dotenv, LetsQuotesGoOverLines) {
  EXPECT_THAT(parse_dotenv("KEY=\"-----BEGIN-----\nabc\n-----END-----\"\nA=1\n"),
              ElementsAre(Pair("A", "1"), Pair("KEY", "-----BEGIN-----\nabc\n-----END-----")));
}

TEST(Dotenv, TakesTheLastOfAName) {
  EXPECT_THAT(parse_dotenv("A=1\nA=2\n"), ElementsAre(Pair("A", "2")));
}

}  // namespace
}  // namespace pcx::load
