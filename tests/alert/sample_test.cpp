#include "alert/sample.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using ::testing::HasSubstr;

const Labels kNorth{{"tenant", "north"}, {"op", "app\nlist"}};

bool does_fit(MatchKind kind, const std::string& label, const std::string& value) {
  return Matchers{{Matcher{label, kind, value}}}.match(kNorth);
}

TEST(Matchers, CompareTheWholeValue) {
  EXPECT_TRUE(does_fit(MatchKind::equal, "tenant", "north"));
  EXPECT_FALSE(does_fit(MatchKind::equal, "tenant", "nor"));
  EXPECT_FALSE(does_fit(MatchKind::not_equal, "tenant", "north"));
  EXPECT_TRUE(does_fit(MatchKind::not_equal, "tenant", "North"));
}

TEST(Matchers, TakeALabelThatIsNotThereForAnEmptyOne) {
  EXPECT_TRUE(does_fit(MatchKind::equal, "team", ""));
  EXPECT_FALSE(does_fit(MatchKind::not_equal, "team", ""));
  EXPECT_TRUE(does_fit(MatchKind::not_equal, "team", "x"));
  EXPECT_TRUE(does_fit(MatchKind::matches, "team", ".*"));
  EXPECT_TRUE(does_fit(MatchKind::matches, "team", ""));
  EXPECT_FALSE(does_fit(MatchKind::matches, "team", ".+"));
  EXPECT_TRUE(does_fit(MatchKind::matches_not, "team", ".+"));
}

TEST(Matchers, AnchorPatternsAtBothEnds) {
  const std::vector<std::pair<std::string, bool>> patterns = {{"north", true},
                                                              {"nor", false},
                                                              {"orth", false},
                                                              {"nor|north", true},
                                                              {"north|x", true},
                                                              {"x|orth", false},
                                                              {"n.*h", true},
                                                              {"(?i)NORTH", true},
                                                              {"^north$", true},
                                                              {"NORTH", false},
                                                              {"no\\w{3}", true},
                                                              {"\\Qnorth\\E", true},
                                                              {"\\Qno.th\\E", false},
                                                              {"[[:alpha:]]+", true},
                                                              {"(?:n)(?P<x>orth)", true},
                                                              {"", false}};
  for (const auto& [pattern, holds] : patterns) {
    EXPECT_EQ(does_fit(MatchKind::matches, "tenant", pattern), holds) << pattern;
    EXPECT_EQ(does_fit(MatchKind::matches_not, "tenant", pattern), !holds) << pattern;
  }
}

TEST(Matchers, LetADotStandForNoLineBreakAsGoDoes) {
  EXPECT_FALSE(does_fit(MatchKind::matches, "op", "app.*"));
  EXPECT_TRUE(does_fit(MatchKind::matches, "op", "(?s)app.*"));
  EXPECT_FALSE(does_fit(MatchKind::matches, "op", "app"));
}

TEST(Matchers, FitWhenAllOfThemDo) {
  const Matcher north{"tenant", MatchKind::equal, "north"};
  const Matcher app{"op", MatchKind::matches, "(?s)app.*"};
  const Matcher south{"tenant", MatchKind::matches, "south"};
  EXPECT_TRUE((Matchers{{north, app}}).match(kNorth));
  EXPECT_FALSE((Matchers{{north, app, south}}).match(kNorth));
  EXPECT_TRUE(Matchers{{}}.match(kNorth));
  EXPECT_TRUE(Matchers{{}}.match({}));
}

TEST(Matchers, AreCopiedWithTheirPatterns) {
  Matchers copy{{}};
  {
    const Matchers first{{Matcher{"tenant", MatchKind::matches, "n.*"}}};
    copy = first;
  }
  EXPECT_TRUE(copy.match(kNorth));
  EXPECT_FALSE(copy.match({{"tenant", "south"}}));
  EXPECT_EQ(copy.list().at(0).value, "n.*");
}

TEST(Matchers, RefuseWhatIsNoPattern) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"[", "missing ]"},
      {"a)(b", "unexpected )"},
      {"*a", "no argument for repetition operator"},
      {"a**", "bad repetition operator"},
      {"(?=a)", "invalid perl operator"},
      {"a{1001}", "invalid repetition size"},
      {"(((a{100}){100}){100})", "invalid repetition size"},
      {"\\1", "invalid escape sequence"},
      {"\\C", "invalid escape sequence"},
      {"a\\\\\\C", "invalid escape sequence"},
      {"\\Qnorth", "\\Q without \\E"},
      {"\\Qnorth\\", "\\Q without \\E"},
      {"north\\", "trailing"},
      {std::string(kPatternBytesMax + 1, 'a'), "longer than 4096 bytes"}};
  for (const auto& [pattern, why] : wrong) {
    const Error error = testing::error_of([&] {
      Matchers{{Matcher{"a", MatchKind::matches, pattern}}};
    });
    EXPECT_EQ(error.code(), ErrorCode::data) << pattern;
    EXPECT_THAT(error.what(), HasSubstr(why)) << pattern;
    EXPECT_LT(std::string{error.what()}.size(), 200u) << pattern;
  }
}

TEST(Matchers, TakeABackslashAndACapitalC) {
  EXPECT_TRUE((Matchers{{Matcher{"a", MatchKind::matches, "\\\\C"}}}).match({{"a", "\\C"}}));
  EXPECT_TRUE((Matchers{{Matcher{"a", MatchKind::matches, "\\Q\\C\\E"}}}).match({{"a", "\\C"}}));
}

TEST(Matchers, KnowNoPatternInWhatIsCompared) {
  EXPECT_FALSE(does_fit(MatchKind::equal, "tenant", "n.*"));
  EXPECT_TRUE((Matchers{{Matcher{"a", MatchKind::equal, "["}}}).match({{"a", "["}}));
}

}  // namespace
}  // namespace pcx::alert
