// Scripts with one fault each, and scripts without: tests/data/load. A line with "#! LEVEL RULE" is
// where a fault of that rule has to be found; others must not be.
#include <algorithm>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.h"
#include "core/text.h"
#include "load/script.h"
#include "load/starter_files.h"
#include "tests/support/data.h"
#include "tests/support/temporary_folder.h"

namespace pcx::load {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

std::vector<fs::path> files_of(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator{pcx::testing::data_path("load/" + folder)}) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string line_of(const Fault& fault) {
  return std::to_string(fault.place.line) + " " + to_string(fault.level) + " " + fault.rule;
}

std::vector<std::string> expected_in(const fs::path& file) {
  std::vector<std::string> expected;
  const auto lines = split(read_file(file), '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto mark = lines[i].find("#! ");
    if (mark == std::string::npos) continue;
    std::istringstream words{lines[i].substr(mark + 3)};
    std::string level;
    words >> level;
    for (std::string rule; words >> rule;) {
      expected.push_back(std::to_string(i + 1) + " " + level + " " + rule);
    }
  }
  return expected;
}

std::vector<Fault> faults_of(const fs::path& file, const ScriptOptions& options = {}) {
  return read_script(file, options, MapEnvironment{{}}).faults;
}

class SeededFault : public ::testing::TestWithParam<fs::path> {};

TEST_P(SeededFault, IsFoundAndNothingElse) {
  std::vector<std::string> found;
  for (const Fault& fault : faults_of(GetParam())) {
    found.push_back(line_of(fault));
    EXPECT_GT(fault.place.column, 0) << fault.rule;
    EXPECT_EQ(fault.place.file, GetParam()) << fault.rule;
    EXPECT_FALSE(fault.message.empty()) << fault.rule;
    EXPECT_TRUE(fault.hint.ends_with('.') || fault.hint.ends_with('?')) << fault.hint;
    EXPECT_FALSE(fault.message.ends_with('.')) << fault.message;
  }
  EXPECT_THAT(found, ElementsAreArray(expected_in(GetParam())));
}

std::string name_of(const ::testing::TestParamInfo<fs::path>& info) {
  return info.param.stem().native();
}

INSTANTIATE_TEST_SUITE_P(Each, SeededFault, ::testing::ValuesIn(files_of("faults")), name_of);

TEST(SeededFaults, AreOfMoreThanThirtyKinds) {
  std::set<std::string> rules;
  for (const fs::path& file : files_of("faults")) {
    for (const std::string& line : expected_in(file)) rules.insert(split(line, ' ')[2]);
  }
  EXPECT_GE(rules.size(), 90u);
}

class CleanScript : public ::testing::TestWithParam<fs::path> {};

TEST_P(CleanScript, HasNoFault) {
  std::vector<std::string> found;
  for (const Fault& fault : faults_of(GetParam())) {
    if (fault.level != Fault::Level::differs) found.push_back(line_of(fault) + fault.message);
  }
  EXPECT_THAT(found, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Each, CleanScript, ::testing::ValuesIn(files_of("clean")), name_of);

// Not even differences: Artillery does the same with it.
TEST(StarterScript, HasNoFaultAndNoDifference) {
  const pcx::testing::TemporaryFolder folder;
  ASSERT_EQ(starter_files().size(), 1u);
  const auto file = folder.write("load-test.yml", starter_files().front().bytes);
  std::vector<std::string> found;
  for (const Fault& fault : faults_of(file)) found.push_back(line_of(fault) + fault.message);
  EXPECT_THAT(found, IsEmpty());
  EXPECT_THAT(faults_of(file, {.environment = "staging"}), IsEmpty());
}

TEST(ScriptFaults, SayWhatDiffersOnce) {
  const pcx::testing::TemporaryFolder folder;
  const auto file = folder.write("s.yml",
                                 "scenarios:\n  - flow:\n      - think: 0.5\n      - think: 1.5\n"
                                 "      - think: 2.5\n      - get: {url: http://a.test/}\n");
  const auto faults = faults_of(file);
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(line_of(faults[0]), "3 differs fractional_think");
  EXPECT_TRUE(faults[0].hint.ends_with("So in 2 other lines.")) << faults[0].hint;
}

// A value over several lines is read as one: what is wrong in its second line is behind the first.
TEST(ScriptFaults, StayInsideOfTheirLine) {
  const pcx::testing::TemporaryFolder folder;
  const auto file = folder.write("s.yml",
                                 "\xef\xbb\xbfscenarios:\n  - flow:\n      - get:\n"
                                 "          url: http://a.test/\n          ifTrue: \"\xc3\xa9\n"
                                 "            == 1 2\"\n");
  const auto faults = faults_of(file);
  const auto wrong = std::find_if(faults.begin(), faults.end(), [](const Fault& fault) {
    return fault.rule == "expression_syntax";
  });
  ASSERT_NE(wrong, faults.end());
  EXPECT_EQ(wrong->place.line, 5);
  EXPECT_LE(wrong->place.column, 21);
}

TEST(ScriptFaults, QuoteWhatIsWritten) {
  const pcx::testing::TemporaryFolder folder;
  const auto file = folder.write("s.yml",
                                 "scenarios:\n  - flow:\n      - get: {url: 'HTTP://a.test/x'}\n"
                                 "      - loop: [think: 1]\n        count: 99999999999999999999\n"
                                 "      - loop: [think: 1]\n        count: -1.5\n");
  const auto faults = faults_of(file);
  ASSERT_EQ(faults.size(), 3u);
  EXPECT_EQ(line_of(faults[0]), "3 refused relative_url");
  EXPECT_EQ(faults[0].hint, "Write http:// or https:// in small letters.");
  EXPECT_EQ(line_of(faults[1]), "5 refused bad_number");
  EXPECT_EQ(faults[1].message, "99999999999999999999 is no number of rounds");
  EXPECT_EQ(faults[2].message, "-1.5 is no number of rounds");
}

TEST(ScriptFaults, HintAtWhatTheirKeyTakes) {
  const auto faults = faults_of(pcx::testing::data_path("load/faults/half_user.yml"));
  ASSERT_EQ(faults.size(), 3u);
  EXPECT_EQ(faults[1].hint, "Write how many may be active at once; 0 is no limit.");
  EXPECT_EQ(faults[2].hint, "Write how many users arrive in all.");
}

TEST(ScriptFaults, NameAProxyThatIsNotUsed) {
  const pcx::testing::TemporaryFolder folder;
  const auto file =
      folder.write("s.yml", "scenarios:\n  - flow:\n      - get: {url: http://a.test/}\n");
  const auto with = [&](const char* name, const char* value) {
    return read_script(file, {}, MapEnvironment{{{name, value}}}).faults;
  };
  for (const char* name : {"HTTP_PROXY", "HTTPS_PROXY"}) {
    const auto faults = with(name, "http://user:secret@proxy.test");
    ASSERT_EQ(faults.size(), 1u);
    EXPECT_EQ(line_of(faults[0]), "1 differs proxy");
    EXPECT_EQ(faults[0].message.find("secret"), std::string::npos);
  }
  EXPECT_THAT(with("HTTP_PROXY", ""), IsEmpty());
  EXPECT_THAT(with("NO_PROXY", "a.test"), IsEmpty());
}

TEST(ScriptFaults, PointIntoOtherFiles) {
  const pcx::testing::TemporaryFolder folder;
  const auto csv = folder.write("u.csv", "a,007\nb,\"x\"\"\n");
  const auto file = folder.write("s.yml",
                                 "config:\n  payload: {path: u.csv, fields: [a, b]}\nscenarios:\n"
                                 "  - flow:\n      - get: {url: 'http://a.test/{{a}}{{b}}'}\n");
  auto faults = faults_of(file);
  ASSERT_FALSE(faults.empty());
  EXPECT_EQ(faults[0].rule, "bad_csv");
  EXPECT_EQ(to_string(faults[0].place), csv.native() + ":2:3");
  folder.write("u.csv", "a,007\nb,008\n");
  faults = faults_of(file);
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].rule, "leading_zeros");
  EXPECT_EQ(to_string(faults[0].place), csv.native() + ":1:3");
}

TEST(ScriptFaults, NameEveryHookOrSkipThem) {
  const auto file = pcx::testing::data_path("load/faults/hooks.yml");
  const auto faults = faults_of(file, {.skip_hooks = true});
  std::vector<std::string> found;
  for (const Fault& fault : faults) found.push_back(line_of(fault));
  EXPECT_THAT(found, ElementsAreArray({"9 differs hook_skipped", "14 fault variable_never_set"}));
}

}  // namespace
}  // namespace pcx::load
