// The rules that come with pcx, and whether their tests would notice if one was another: each
// threshold, comparison and patience is changed a little, one at a time.
#include <algorithm>
#include <iostream>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "alert/rule_test.h"
#include "core/file.h"
#include "core/text.h"
#include "tests/support/data.h"
#include "tests/support/paths.h"
#include "tests/support/temporary_folder.h"

namespace pcx::alert {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t kBytesMax = 1 << 20;
constexpr const char* kGroup = "- name: ";

std::string shipped_rules() {
  return read_file(testing::source_folder() / "lib/alert/rules/purple_cross.yaml", kBytesMax);
}
std::string shipped_tests() {
  return read_file(testing::data_path("alert/purple_cross_test.yaml"), kBytesMax);
}

// What begins with `kGroup` in the first column, without what stands before the first.
std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  for (const std::string& line : split(text, '\n')) {
    if (line.starts_with(kGroup)) parts.emplace_back();
    if (!parts.empty()) parts.back() += line + '\n';
  }
  return parts;
}

// A group of the rules with one line that is another.
struct Mutant {
  std::string alert;  // whose rule it is
  std::string line, instead;
  std::string group;
};

using Lines = std::vector<std::string>;

std::string scaled(const std::string& number, double factor) {
  const double value = std::stod(number);
  return value == 0 ? "1" : fmt::format("{:.10g}", value * factor);
}

// Of numbers between blanks: those within a metric's name are none.
Lines with_other_numbers(const std::string& line) {
  static const std::regex number{R"(( )(\d+(\.\d+)?)(?= |$))"};
  Lines mutated;
  for (std::sregex_iterator found{line.begin(), line.end(), number}, end; found != end; ++found) {
    const std::string text = found->str(2);
    for (const double factor : {0.98, 1.02}) {
      std::string other = line;
      other.replace(static_cast<std::size_t>(found->position(2)), text.size(),
                    scaled(text, factor));
      mutated.push_back(other);
      if (std::stod(text) == 0) break;
    }
  }
  return mutated;
}

Lines with_other_operators(const std::string& line) {
  static const std::map<std::string, std::string> others = {
      {" > ", " >= "}, {" < ", " <= "}, {" == ", " != "}, {" and ", " or "}};
  Lines mutated;
  for (const auto& [from, to] : others) {
    for (auto at = line.find(from); at != line.npos; at = line.find(from, at + 1)) {
      mutated.push_back(std::string{line}.replace(at, from.size(), to));
    }
  }
  return mutated;
}

Lines with_other_patience(const std::string& line) {
  static const std::regex minutes{R"(    for: (\d+)m)"};
  std::smatch found;
  if (!std::regex_match(line, found, minutes)) return {};
  const int patience = std::stoi(found[1]);
  return {fmt::format("    for: {}m", patience - 1), fmt::format("    for: {}m", patience + 1)};
}

Lines mutants_of(const std::string& line, const std::string& next) {
  const std::string_view text = trim(line);
  if (text.starts_with("for: ")) return with_other_patience(line);
  if (!text.starts_with("expr: ") && !text.starts_with("pcx_resolve_expr: ")) return {};
  Lines mutated = with_other_numbers(line);
  for (std::string& each : with_other_operators(line)) mutated.push_back(std::move(each));
  const bool is_patient = trim(next).starts_with("for: ");
  if (text.starts_with("expr: ") && !is_patient) mutated.push_back(line + "\n    for: 1m");
  return mutated;
}

std::vector<Mutant> mutants_of_group(const std::string& group) {
  const Lines lines = split(group, '\n');
  std::vector<Mutant> mutants;
  std::string alert;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    constexpr std::string_view kAlert = "  - alert: ";
    if (lines[i].starts_with(kAlert)) alert = lines[i].substr(kAlert.size());
    for (const std::string& instead : mutants_of(lines[i], lines[i + 1])) {
      Lines changed = lines;
      changed[i] = instead;
      mutants.push_back({alert, lines[i], instead, join(changed, "\n")});
    }
  }
  return mutants;
}

// The shipped tests of one alert, run with a group of rules.
class TestBench {
 public:
  std::vector<RuleTestResult> run(const std::string& alert, const std::string& group) const {
    std::string tests = "rule_files: [rules.yaml]\ntests:\n";
    for (const std::string& each : tests_) {
      if (each.starts_with(kGroup + alert + " ")) tests += each;
    }
    folder_.write("rules.yaml", "groups:\n" + group);
    return run_rule_tests(folder_.write("tests.yaml", tests));
  }
  bool catches(const Mutant& mutant) const {
    return std::ranges::any_of(run(mutant.alert, mutant.group),
                               [](const RuleTestResult& each) { return !each.failures.empty(); });
  }

 private:
  testing::TemporaryFolder folder_;
  std::vector<std::string> tests_ = parts_of(shipped_tests());
};

TEST(ShippedRules, AreToldFromEveryMutant) {
  const TestBench bench;
  const auto groups = parts_of(shipped_rules());
  EXPECT_THAT(groups, SizeIs(4));
  int count = 0, caught = 0;
  for (const std::string& group : groups) {
    std::string alert;
    for (const Mutant& mutant : mutants_of_group(group)) {
      if (mutant.alert != alert) {  // as it is it passes
        alert = mutant.alert;
        const auto results = bench.run(alert, group);
        EXPECT_FALSE(results.empty()) << alert;
        for (const RuleTestResult& each : results) {
          EXPECT_THAT(each.failures, IsEmpty()) << each.name;
        }
      }
      const bool is_caught = bench.catches(mutant);
      EXPECT_TRUE(is_caught) << mutant.alert << ": " << trim(mutant.line) << " -> "
                             << trim(mutant.instead);
      ++count;
      caught += is_caught ? 1 : 0;
    }
  }
  std::cout << fmt::format("{} mutants of the shipped rules, {} caught by the tests of the alert\n",
                           count, caught);
  EXPECT_GT(count, 200);
}

}  // namespace
}  // namespace pcx::alert
