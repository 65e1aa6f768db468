#include "cli/complete.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace pcx::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

const SuggestionTools& tools() {
  static const MapEnvironment environment{{}};
  static const SuggestionTools offline{environment, []() -> db::Database {
                                         throw Error{ErrorCode::unreachable, "no server"};
                                       }};
  return offline;
}

std::vector<std::string> values(const std::vector<std::string>& words) {
  std::vector<std::string> texts;
  for (const Suggestion& suggestion : complete(words, tools()).suggestions) {
    texts.push_back(suggestion.value);
  }
  return texts;
}

int directive(const std::vector<std::string>& words) { return complete(words, tools()).directive; }

TEST(Complete, OffersVisibleCommands) {
  EXPECT_THAT(values({""}), IsSupersetOf({"config", "doctor", "help", "version"}));
  EXPECT_THAT(values({"co"}), ElementsAre("completion", "config"));
  EXPECT_THAT(values({"__"}), IsEmpty());
}

TEST(Complete, OffersTheMembersOfAGroup) {
  EXPECT_THAT(values({"--quiet", "config", ""}), ElementsAre("show"));
}

TEST(Complete, OffersOptionsThatWereNotGivenYet) {
  EXPECT_THAT(values({"version", "--f"}), ElementsAre("--format"));
  EXPECT_THAT(values({"version", "--format", "csv", "--f"}), IsEmpty());
  EXPECT_THAT(values({"version", "-o", "csv", "--f"}), IsEmpty());
}

TEST(Complete, OffersTheChoicesOfAnOption) {
  EXPECT_THAT(values({"version", "--format", ""}), ElementsAre("text", "json", "ndjson", "csv"));
  EXPECT_THAT(values({"version", "-qo", "n"}), ElementsAre("ndjson"));
  EXPECT_THAT(values({"version", "--format=j"}), ElementsAre("--format=json"));
  EXPECT_THAT(values({"version", "--quiet="}), IsEmpty());
  EXPECT_THAT(values({"version", "--bogus="}), IsEmpty());
}

TEST(Complete, OffersArgumentsInTheirPlace) {
  EXPECT_THAT(values({"completion", ""}), ElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(values({"completion", "bash", ""}), IsEmpty());
  EXPECT_THAT(values({"config", "show", "output.f"}), ElementsAre("output.format"));
  EXPECT_THAT(values({"help", "config", "exit"}), ElementsAre("exit-codes"));
  EXPECT_THAT(values({"completion", "--", "-"}), IsEmpty());
}

TEST(Complete, LeavesFilesToTheShell) {
  EXPECT_EQ(directive({"version", "--output", ""}), Completion::none);
  EXPECT_EQ(directive({"version", "--output=x"}), Completion::none);
  EXPECT_EQ(directive({"__man", ""}), Completion::folders_only);
  EXPECT_EQ(directive({"version", ""}), Completion::no_files);
}

TEST(Complete, HasNothingToOfferWhereItIsLost) {
  EXPECT_THAT(values({}), IsEmpty());
  EXPECT_THAT(values({"kye", ""}), IsEmpty());
  EXPECT_THAT(values({"", ""}), IsEmpty());
  EXPECT_THAT(values({"version", "--bogus", "--q"}), ElementsAre("--quiet"));
}

TEST(CompletionText, IsTheProtocol) {
  Completion completion;
  completion.suggestions = {{"a:b", "two\nlines"}, {"c", ""}};
  completion.directive = Completion::no_files | Completion::no_space;
  EXPECT_EQ(completion_text(completion), "a:b\ttwo\\nlines\nc\n:6\n");
  EXPECT_EQ(completion_text({}), ":4\n");
}

}  // namespace
}  // namespace pcx::cli
