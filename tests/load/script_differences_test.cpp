#include "load/script_differences.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>

#include "core/file.h"
#include "tests/support/paths.h"

namespace pcx::load {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAreArray;
using ::testing::Not;
using ::testing::SizeIs;

// Of calls like faults.differs("rule", ...) in the readers.
std::set<std::string> reported(const std::string& level) {
  const std::regex call{"\\b" + level + "\\(\\s*\"([a-z_0-9]+)\""};
  std::set<std::string> rules;
  for (const auto& entry : fs::directory_iterator{pcx::testing::source_folder() / "lib/load"}) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = read_file(entry.path());
    for (std::sregex_iterator call_at{text.begin(), text.end(), call}, end; call_at != end;
         ++call_at) {
      rules.insert((*call_at)[1]);
    }
  }
  return rules;
}

template <typename List>
std::vector<std::string> rules_of(const List& list) {
  std::vector<std::string> rules;
  for (const auto& one : list) rules.emplace_back(one.rule);
  return rules;
}

TEST(Differences, AreThoseThatAreReported) {
  EXPECT_THAT(rules_of(differences()), ElementsAreArray(reported("differs")));
}

TEST(Refusals, AreReported) {
  const auto rules = reported("refuse");
  EXPECT_THAT(rules, Not(SizeIs(0)));
  for (const std::string& rule : rules_of(refusals())) EXPECT_TRUE(rules.contains(rule)) << rule;
}

TEST(Differences, AreFragments) {
  for (const Difference& one : differences()) {
    EXPECT_FALSE(one.artillery.ends_with('.')) << one.rule;
    EXPECT_FALSE(one.pcx.ends_with('.')) << one.rule;
    EXPECT_LE(one.written.size(), 65u) << one.rule;
  }
  for (const Refusal& one : refusals()) {
    EXPECT_TRUE(one.instead.ends_with('.')) << one.rule;
    EXPECT_LE(one.what.size(), 65u) << one.rule;
  }
}

}  // namespace
}  // namespace pcx::load
