#include "alert/rule_test.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "tests/alert/promtool.h"
#include "tests/support/data.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::alert {
namespace {

using pcx::testing::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const char* const kRules = R"(groups:
- name: g
  rules:
  - alert: Down
    expr: up == 0
    for: 2m
    labels: {severity: critical}
    annotations: {summary: '{{ $labels.job }} is down'}
  - alert: High
    expr: x > 10
    annotations: {pcx_resolve_expr: x < 8, summary: '{{ $value }} are too many'}
  - alert: Kept
    expr: y > 0
    keep_firing_for: 3m
    annotations: {pcx_no_data: ok}
)";

std::string with_series(const std::string& name, const std::string& values,
                        const std::string& rest) {
  return "rule_files: [rules.yml]\ntests:\n- name: the test\n  interval: 1m\n  input_series:\n  - "
         "{series: '" +
         name + "', values: " + values + "}\n" + rest;
}
std::string with_up(const std::string& values, const std::string& rest) {
  return with_series("up{job=\"api\"}", values, rest);
}
std::string expecting(const std::string& time, const std::string& alert,
                      const std::string& alerts) {
  return "  alert_rule_test: [{eval_time: " + time + ", alertname: " + alert +
         ", exp_alerts: " + alerts + "}]\n";
}
std::string asking(const std::string& expression, const std::string& samples) {
  return "  promql_expr_test: [{expr: '" + expression +
         "', eval_time: 3m, exp_samples: " + samples + "}]\n";
}

const char* const kDown =
    "[{exp_labels: {severity: critical, job: api}, exp_annotations: {summary: api is down}}]";

class RuleTests : public ::testing::Test {
 protected:
  RuleTests() { folder_.write("rules.yml", kRules); }

  std::vector<RuleTestResult> run(const std::string& text) {
    return run_rule_tests(folder_.write("t.yml", text));
  }
  // Of the only test.
  std::vector<std::string> failures(const std::string& text) {
    const auto results = run(text);
    return results.size() == 1 ? results[0].failures : std::vector<std::string>{"not one test"};
  }

 private:
  pcx::testing::TemporaryFolder folder_;
};

TEST_F(RuleTests, NameWhatFailed) {
  const auto results =
      run(with_up("0x5", expecting("2m", "Down", "[]")) +
          "- input_series: [{series: x, values: 5}]\n" + expecting("0m", "High", "[]"));
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].name, "the test");
  EXPECT_EQ(results[0].place.line, 3);
  EXPECT_THAT(results[0].failures,
              ElementsAre("Down at 2m: expected nothing, got {alertname=\"Down\", job=\"api\", "
                          "severity=\"critical\"} {summary=\"api is down\"}"));
  EXPECT_EQ(results[1].name, "test 2");
  EXPECT_THAT(results[1].failures, IsEmpty());
}

TEST_F(RuleTests, SayWhatAnExpressionIs) {
  EXPECT_THAT(failures(with_up("1+1x5", asking("up", "[{labels: up, value: 3}]"))),
              ElementsAre("up at 3m: expected {} 3, got {job=\"api\"} 4"));
  EXPECT_THAT(failures(with_up("1+1x5", asking("2 + 2", "[{value: 4}]"))), IsEmpty());
}

TEST_F(RuleTests, KnowWhatAReceiverIsSent) {
  const std::string series = "11x4 9x4 7x4 12x4";
  const auto notified = [](const std::string& until, const std::string& list) {
    return "  exp_notifications: {until: " + until + ", notifications: [" + list + "]}\n";
  };
  const std::string first = "{at: 0m, action: trigger, severity: warning}";
  const std::string end = "{at: 10m, action: resolve, severity: warning}";
  const std::string second = "{at: 15m, action: trigger, severity: warning}";
  const auto found = [&](const std::string& rest) {
    return failures(with_series("x", series, rest));
  };
  EXPECT_THAT(found(notified("9m", first)), IsEmpty());
  EXPECT_THAT(found(notified("14m", first + "," + end)), IsEmpty());
  EXPECT_THAT(found(notified("20m", first + "," + end + "," + second)), IsEmpty());
  EXPECT_THAT(found(notified("14m", first)),
              ElementsAre("notifications: expected 0s trigger warning, got 0s trigger warning, "
                          "10m resolve warning"));
  EXPECT_THAT(found(notified("14m", "")), ElementsAre(HasSubstr("expected none, got 0s")));
  EXPECT_THAT(found(notified("14m", end + "," + first)), SizeIs(1));
  EXPECT_THAT(found(notified("14m", first + ", {at: 10m, action: resolve, severity: error}")),
              SizeIs(1));
  EXPECT_THAT(found(notified("14m", first + ", {at: 9m, action: resolve, severity: warning}")),
              SizeIs(1));
}

// Receivers of the rules are somebody else's.
TEST_F(RuleTests, AskForNoReceiverThatIsConfigured) {
  const pcx::testing::TemporaryFolder folder;
  folder.write("rules.yml",
               "groups: [{name: g, rules: [{alert: A, expr: x > 1, annotations: "
               "{pcx_receivers: pd}}]}]\n");
  const auto results = run_rule_tests(
      folder.write("t.yml", with_series("x", "2",
                                        "  exp_notifications: {until: 0s, notifications: [{at: 0s, "
                                        "action: trigger, severity: warning}]}\n")));
  EXPECT_THAT(results.at(0).failures, IsEmpty());
}

TEST_F(RuleTests, ThrowForWhatCannotBeRead) {
  struct Row {
    std::string text;
    ErrorCode code;
    const char* file;
  };
  const Row rows[] = {
      {"tests: [", ErrorCode::data, "t.yml"},
      {"rule_files: [none.yml]\ntests: []", ErrorCode::not_found, "t.yml"},
      {"rule_files: [t.yml]\ntests: []", ErrorCode::data, "t.yml"},
      {"rule_files: [rules.yml, rules.yml]\ntests: []", ErrorCode::data, "rules.yml"},
      {with_up("1 x", ""), ErrorCode::data, "t.yml"},
      {with_series("up{", "1", ""), ErrorCode::data, "t.yml"},
      {with_up("1", "  - {series: 'up{job=\"api\"}', values: 2}\n"), ErrorCode::data, "t.yml"}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const Error error = error_of([&] { run(row.text); });
    EXPECT_EQ(error.code(), row.code);
    EXPECT_EQ(std::filesystem::path{error.location().file}.filename(), row.file);
  }
}

enum class Verdict { both_pass, both_fail, only_pcx_passes, only_promtool_passes };

struct Row {
  std::string text;
  Verdict verdict;
};

std::vector<Row> rows_of_alerts() {
  using enum Verdict;
  const std::string with_pcx =
      "[{exp_annotations: {pcx_resolve_expr: x < 8, summary: 12 are too many}}]";
  return {
      {with_up("0x5", expecting("2m", "Down", kDown)), both_pass},
      {with_up("0x5", expecting("2m30s", "Down", kDown)), both_pass},
      {with_up("0x5", expecting("119s", "Down", "[]")), both_pass},
      {with_up("0x5", expecting("1m", "Down", kDown)), both_fail},
      {with_up("0x5", expecting("2m", "Down", "[]")), both_fail},
      {with_up("0x5", expecting("2m", "Other", "[]")), both_pass},
      {with_up("0x5", expecting("2m", "Other", "[{}]")), both_fail},
      {with_up("0x5", "  alert_rule_test: [{eval_time: 2m, exp_alerts: []}]\n"), both_fail},
      {with_up("0x1 1 0x4", expecting("3m", "Down", "[]")), both_pass},
      {with_up("0x5", expecting("2m", "Down",
                                "[{exp_labels: {severity: warning, job: api}, exp_annotations: "
                                "{summary: api is down}}]")),
       both_fail},
      {with_up("0x5", expecting("2m", "Down", "[{exp_labels: {severity: critical, job: api}}]")),
       both_fail},
      {with_up("0x5", expecting("2m", "Down", "[{}, {}]")), both_fail},
      {with_series("x", "12", expecting("0m", "High", with_pcx)), both_pass},
      {with_series("x", "12", expecting("0m", "High", "[{}]")), both_fail},
      // Without them promtool would miss them.
      {with_series("x", "12",
                   expecting("0m", "High", "[{exp_annotations: {summary: 12 are too many}}]")),
       only_pcx_passes},
      {with_series("y", "1 0x9", expecting("3m", "Kept", "[{exp_annotations: {pcx_no_data: ok}}]")),
       both_pass},
      {with_series("y", "1 0x9", expecting("4m", "Kept", "[]")), both_pass},
      {with_series("y", "1 0x9", expecting("4m", "Kept", "[{exp_annotations: {pcx_no_data: ok}}]")),
       both_fail},
      {with_series("y", "1 stale", expecting("4m", "Kept", "[]")), both_pass},
      // pcx's own end, and its data that are missing.
      {with_series("x", "12 9", expecting("1m", "High", with_pcx)), only_pcx_passes},
      {with_series("x", "12 9", expecting("1m", "High", "[]")), only_promtool_passes},
      {with_series("x", "12 stale", expecting("1m", "High", "[]")), only_promtool_passes},
      {with_up("1", "  exp_notifications: {until: 1m, notifications: []}\n"), only_pcx_passes},
  };
}

std::vector<Row> rows_of_expressions() {
  using enum Verdict;
  return {
      {with_up("1+1x5", asking("up", "[{labels: 'up{job=\"api\"}', value: 4}]")), both_pass},
      {with_up("1+1x5", asking("up > 2", "[{labels: 'up{job=\"api\"}', value: 4}]")), both_pass},
      {with_up("1+1x5", asking("up > 4", "[]")), both_pass},
      {with_up("1+1x5", asking("up > 4", "")), both_pass},
      {with_up("1+1x5", asking("up * 2", "[{labels: '{job=\"api\"}', value: 8}]")), both_pass},
      {with_up("1+1x5", asking("sum(up)", "[{labels: '{}', value: 4}]")), both_pass},
      {with_up("1+1x5", asking("sum(up)", "[{value: 4e0}]")), both_pass},
      {with_up("1+1x5", asking("1 + 1", "[{value: 2}]")), both_pass},
      {with_up("1+1x5", asking("up / 0", "[{labels: '{job=\"api\"}', value: .inf}]")), both_pass},
      {with_up("1+1x5", asking("up / 0", "[{labels: '{job=\"api\"}', value: inf}]")), both_fail},
      {with_up("1+1x5", asking("up", "[{labels: 'up{job=\"api\"}', value: 3}]")), both_fail},
      {with_up("1+1x5", asking("up", "[{labels: 'up{job=\"db\"}', value: 4}]")), both_fail},
      {with_up("1+1x5", asking("up", "[]")), both_fail},
      {with_up("1+1x5", asking("up > 4", "[{labels: up, value: 4}]")), both_fail},
      {with_up("1+1x5", asking("up >", "[]")), both_fail},
      {with_up("1+1x5", asking("absent(up)", "[]")), both_pass},
      {with_up("1+1x5", asking("absent(x)", "[{value: 1}]")), both_pass},
      // Names are not compared.
      {with_up("1+1x5", asking("up", "[{labels: 'x{job=\"api\"}', value: 4}]")), only_pcx_passes},
      {with_up("1+1x5", asking("rate(z[1m])", "[]")), only_promtool_passes},
  };
}

std::vector<Row> rows_of_files() {
  using enum Verdict;
  return {
      {"rule_files: [rules.yml]\ntests: []\n", both_pass},
      {"rule_files: [none.yml]\ntests: []\n", only_promtool_passes},
      {"tests: [{interval: 1m, unknown: 2}]\n", both_fail},
      {"tests: [{interval: soon}]\n", both_fail},
      {"tests: [\n", both_fail},
      {"rule_files: [rules.yml]\nevaluation_interval: 30s\ntests:\n- interval: 30s\n"
       "  input_series: [{series: 'up{job=\"api\"}', values: 0x9}]\n" +
           expecting("2m", "Down", kDown),
       both_pass},
      {"rule_files: [rules.yml]\nevaluation_interval: 5m\ntests:\n- interval: 1m\n"
       "  input_series: [{series: 'up{job=\"api\"}', values: 0x9}]\n" +
           expecting("4m", "Down", "[]"),
       both_pass},
      {"rule_files: [rules.yml]\nevaluation_interval: 5m\ntests:\n- interval: 1m\n"
       "  input_series: [{series: 'up{job=\"api\"}', values: 0x9}]\n" +
           expecting("7m", "Down", kDown),
       both_pass},
  };
}

bool passes(const std::filesystem::path& file) {
  try {
    return std::ranges::all_of(run_rule_tests(file),
                               [](const RuleTestResult& each) { return each.failures.empty(); });
  } catch (const Error&) {
    return false;
  }
}

TEST(RuleTestOracle, PrometheusPassesTheSame) {
  Promtool promtool;
  const pcx::testing::TemporaryFolder folder;
  promtool.write("rules.yml", kRules);
  folder.write("rules.yml", kRules);
  for (const auto& rows : {rows_of_alerts(), rows_of_expressions(), rows_of_files()}) {
    for (const Row& row : rows) {
      SCOPED_TRACE(row.text);
      promtool.write("t.yml", row.text);
      const std::string said = promtool.test("t.yml");
      using enum Verdict;
      EXPECT_EQ(said.empty(), row.verdict == both_pass || row.verdict == only_promtool_passes)
          << said;
      EXPECT_EQ(passes(folder.write("t.yml", row.text)),
                row.verdict == both_pass || row.verdict == only_pcx_passes);
    }
  }
}

TEST(ShippedRules, PassTheirTests) {
  const auto results = run_rule_tests(pcx::testing::data_path("alert/purple_cross_test.yaml"));
  EXPECT_GT(results.size(), 40u);
  for (const RuleTestResult& result : results) {
    EXPECT_THAT(result.failures, IsEmpty()) << result.name;
  }
}

}  // namespace
}  // namespace pcx::alert
