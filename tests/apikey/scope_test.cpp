#include "apikey/scope.h"

#include <algorithm>
#include <regex>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx::apikey {
namespace {

Scope scope(std::string_view text) { return std::get<Scope>(Scope::parse(text)); }

std::vector<Scope> scopes(const std::vector<std::string>& texts) { return require_scopes(texts); }

// The text of the granted scope that matches; "" for none.
std::string matching(const std::vector<std::string>& granted, std::string_view wanted) {
  const auto all = scopes(granted);
  const Scope* const found = match(all, scope(wanted));
  return found == nullptr ? "" : found->text();
}

TEST(ScopeMatch, GoesSegmentBySegment) {
  struct Case {
    const char* granted;
    const char* wanted;
    bool matches;
  };
  const Case cases[] = {
      {"patients:read", "patients:read", true},
      {"patients:read", "patients:write", false},
      {"patients:read", "patients", false},
      {"patients:read", "patients:read:own", false},
      {"patients:read", "Patients:read", false},
      {"patients:read", "patient:read", false},
      {"patients:read", "patients:reads", false},
      {"patients", "patients", true},
      {"patients", "patients:read", false},
      {"patients:*", "patients:read", true},
      {"patients:*", "patients", false},
      {"patients:*", "patients:read:own", false},
      {"*:read", "patients:read", true},
      {"*:read", "read", false},
      {"*:read", "a:b:read", false},
      {"a:*:c", "a:b:c", true},
      {"a:*:c", "a:b:d", false},
      {"*", "patients", true},
      {"*", "patients:read", false},
      {"*:*", "patients:read", true},
      {"*:*", "patients", false},
      {"patients:**", "patients:read", true},
      {"patients:**", "patients:read:own:x", true},
      {"patients:**", "patients", false},
      {"patients:**", "patientsx:read", false},
      {"*:**", "a:b:c", true},
      {"*:**", "a", false},
      {"**", "a", true},
      {"**", "a:b:c:d", true},
      {"read:patients", "read:patients", true},  // the application's order
      {"admin", "admin", true},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(matching({one.granted}, one.wanted), one.matches ? one.granted : "")
        << one.granted << " for " << one.wanted;
  }
}

TEST(ScopeMatch, NamesTheFirstThatMatchesAndDeniesByDefault) {
  EXPECT_EQ(matching({"a:read", "b:*", "b:read"}, "b:read"), "b:*");
  EXPECT_EQ(matching({"a:read", "b:*"}, "c:read"), "");
  EXPECT_EQ(matching({}, "a"), "");
}

TEST(ScopeMatch, DeniesWildcardsThatAreWanted) {
  for (const char* wanted : {"*", "**", "a:*", "a:**", "*:*"}) {
    EXPECT_EQ(matching({"**", "*", "a:*", "a:**", wanted}, wanted), "") << wanted;
  }
}

// All patterns of up to three segments, and all scopes of up to four with a word that is in none.
std::vector<std::string> lists_of(const std::vector<std::string>& words, int segments_max) {
  std::vector<std::string> all, longest = words;
  for (int i = 1; i <= segments_max; ++i) {
    all.insert(all.end(), longest.begin(), longest.end());
    std::vector<std::string> longer;
    for (const auto& text : longest) {
      for (const auto& word : words) longer.push_back(text + ":" + word);
    }
    longest = longer;
  }
  return all;
}

std::vector<Scope> patterns() {
  std::vector<Scope> all;
  for (const auto& text : lists_of({"a", "b", "*", "**"}, 3)) {
    const auto parsed = Scope::parse(text);
    if (const auto* const found = std::get_if<Scope>(&parsed)) all.push_back(*found);
  }
  return all;
}

std::regex as_regex(const std::string& pattern) {
  std::string text = std::regex_replace(pattern, std::regex{R"(\*\*)"}, "@");
  text = std::regex_replace(text, std::regex{R"(\*)"}, "[^:]+");
  return std::regex{std::regex_replace(text, std::regex{"@"}, ".+")};
}

TEST(ScopeMatch, IsWhatARegularExpressionSays) {
  std::size_t matched = 0;
  for (const Scope& pattern : patterns()) {
    const std::regex model = as_regex(pattern.text());
    for (const auto& text : lists_of({"a", "b", "c"}, 4)) {
      const bool matches = match({&pattern, 1}, scope(text)) != nullptr;
      matched += matches ? 1 : 0;
      ASSERT_EQ(matches, std::regex_match(text, model)) << pattern.text() << " for " << text;
    }
  }
  EXPECT_GT(matched, 500u);
}

TEST(ScopeCovers, IsThatItMatchesAllThatTheOtherDoes) {
  const auto all = patterns();
  EXPECT_EQ(all.size(), 3u + 1 + 9 + 3 + 27 + 9);  // "**" is last or nowhere
  std::vector<Scope> words;
  for (const auto& text : lists_of({"a", "b", "c"}, 4)) words.push_back(scope(text));
  for (const Scope& wide : all) {
    for (const Scope& narrow : all) {
      const bool all_match = std::ranges::all_of(words, [&](const Scope& word) {
        return match({&narrow, 1}, word) == nullptr || match({&wide, 1}, word) != nullptr;
      });
      ASSERT_EQ(covers(wide, narrow), all_match) << wide.text() << " over " << narrow.text();
    }
  }
}

TEST(ScopeOver, IsWildcardsOnly) {
  for (const char* text : {"*", "**", "*:*", "*:**", "*:*:**"}) {
    EXPECT_TRUE(is_over_scoped(scope(text))) << text;
  }
  for (const char* text : {"a", "a:*", "a:**", "*:read", "*:*:a"}) {
    EXPECT_FALSE(is_over_scoped(scope(text))) << text;
  }
}

TEST(ScopeParse, KeepsWordsAsTheyAre) {
  for (const char* text : {"a", "admin", "read:patients", "READ_ALL", "a-b.c:d_e:0:1:2:3:4:5"}) {
    EXPECT_EQ(scope(text).text(), text);
    EXPECT_FALSE(scope(text).has_wildcard());
    EXPECT_EQ(std::get<Scope>(Scope::parse_wanted(text)), scope(text));
  }
  EXPECT_EQ(scope(std::string(128, 'a')).text().size(), 128u);
}

struct Refused {
  std::string text;
  ScopeFault fault;
  std::size_t at;
};

TEST(ScopeParse, NamesWhatIsWrongAndWhere) {
  const Refused cases[] = {
      {"", ScopeFault::empty, 0},
      {std::string(129, 'a'), ScopeFault::too_long, 128},
      {std::string(1 << 20, ':'), ScopeFault::too_long, 128},
      {":", ScopeFault::empty_segment, 0},
      {":a", ScopeFault::empty_segment, 0},
      {"a:", ScopeFault::empty_segment, 2},
      {"a::b", ScopeFault::empty_segment, 2},
      {"**:", ScopeFault::early_wildcard, 0},
      {"a b", ScopeFault::foreign_character, 1},
      {" a", ScopeFault::foreign_character, 0},
      {"a:b\n", ScopeFault::foreign_character, 3},
      {"a,b", ScopeFault::foreign_character, 1},
      {"a/b", ScopeFault::foreign_character, 1},
      {std::string("a\0b", 3), ScopeFault::foreign_character, 1},
      {"a:\xc3\xa9", ScopeFault::foreign_character, 2},
      {"a*", ScopeFault::partial_wildcard, 1},
      {"a:*b", ScopeFault::partial_wildcard, 2},
      {"a:b**", ScopeFault::partial_wildcard, 3},
      {"***", ScopeFault::partial_wildcard, 0},
      {"**:a", ScopeFault::early_wildcard, 0},
      {"a:**:b", ScopeFault::early_wildcard, 2},
      {"**:**", ScopeFault::early_wildcard, 0},
  };
  for (const Refused& one : cases) {
    const ScopeRefusal wanted{one.fault, one.at};
    const auto parsed = Scope::parse(one.text);
    ASSERT_TRUE(std::holds_alternative<ScopeRefusal>(parsed)) << one.text;
    EXPECT_EQ(std::get<ScopeRefusal>(parsed), wanted) << one.text;
    EXPECT_EQ(std::get<ScopeRefusal>(Scope::parse_wanted(one.text)), wanted) << one.text;
  }
}

TEST(ScopeParse, RefusesWildcardsThatAreWanted) {
  const Refused cases[] = {{"*", ScopeFault::wildcard, 0},
                           {"**", ScopeFault::wildcard, 0},
                           {"a:*:b", ScopeFault::wildcard, 2},
                           {"a:b:**", ScopeFault::wildcard, 4}};
  for (const Refused& one : cases) {
    EXPECT_EQ(std::get<ScopeRefusal>(Scope::parse_wanted(one.text)),
              (ScopeRefusal{one.fault, one.at}))
        << one.text;
  }
}

TEST(ScopeList, GrantsNothingForWhatIsRefused) {
  const std::vector<std::string> texts{"a:read", "b read", "c:*", "**:x", "a:read"};
  const ScopeList list = read_scopes(texts);
  ASSERT_EQ(list.scopes.size(), 3u);
  EXPECT_EQ(list.scopes[1].text(), "c:*");
  ASSERT_EQ(list.refused.size(), 2u);
  EXPECT_EQ(list.refused[0].index, 1u);
  EXPECT_EQ(list.refused[0].refusal, (ScopeRefusal{ScopeFault::foreign_character, 1}));
  EXPECT_EQ(list.refused[1].index, 3u);
}

TEST(ScopeList, EndsAtItsLimit) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < kScopesMax; ++i) texts.push_back("a:" + std::to_string(i));
  EXPECT_EQ(require_scopes(texts).size(), kScopesMax);
  texts.push_back("**");
  const ScopeList list = read_scopes(texts);
  EXPECT_EQ(list.scopes.size(), kScopesMax);
  ASSERT_EQ(list.refused.size(), 1u);
  EXPECT_EQ(list.refused[0].index, kScopesMax);
  EXPECT_EQ(list.refused[0].refusal.fault, ScopeFault::too_many);
  EXPECT_EQ(match(list.scopes, scope("b")), nullptr);
  const Error error = pcx::testing::error_of([&] { require_scopes(texts); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  EXPECT_STREQ(error.what(), "65 scopes are too many for one key");
}

TEST(ScopeList, IsRefusedForAKeyThatIsMade) {
  const Error error = pcx::testing::error_of([] { scopes({"a:read", "b:\x1b*"}); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  EXPECT_EQ(error.reason(), "scope");
  EXPECT_STREQ(error.what(), "'b:\\x1b*' is no scope: a foreign character, at byte 3");
  EXPECT_NE(error.hint(), "");
  EXPECT_TRUE(scopes({}).empty());
}

TEST(ScopeFault, HasAPhraseEach) {
  for (int i = 0; i <= static_cast<int>(ScopeFault::too_many); ++i) {
    EXPECT_STRNE(to_string(static_cast<ScopeFault>(i)), "unknown") << i;
  }
  EXPECT_STREQ(to_string(static_cast<ScopeFault>(99)), "unknown");
}

}  // namespace
}  // namespace pcx::apikey
