#include "alert/rule_test_file.h"

#include <cmath>

#include <gmock/gmock.h>

#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using testing::error_of;
using ::testing::IsEmpty;
using ::testing::SizeIs;

RuleTestFile read(std::string_view text) { return read_rule_test_file(text, "t.yml"); }

TEST(RuleTestFiles, AreReadWhole) {
  const RuleTestFile file = read(R"(rule_files: [a.yml, b.yml]
evaluation_interval: 30s
tests:
- name: first
  interval: 2m
  input_series:
  - {series: 'up{job="api"}', values: 1 2}
  - series: down
    values: _x5
  alert_rule_test:
  - eval_time: 1h30m
    alertname: Down
    exp_alerts:
    - exp_labels: {job: api, empty: ''}
      exp_annotations: {summary: it is down}
    - {}
  promql_expr_test:
  - expr: up > 0
    eval_time: 4m
    exp_samples:
    - {labels: 'up{job="api"}', value: 1.5}
    - {labels: '{job="b"}', value: -.inf}
    - {value: +2e3}
  exp_notifications:
    until: 1h
    notifications:
    - {at: 10m, action: trigger, severity: warning}
    - {at: 0s, action: resolve, severity: critical}
- input_series:
)");
  ASSERT_THAT(file.rule_files, SizeIs(2));
  EXPECT_EQ(file.rule_files[1].first, "b.yml");
  EXPECT_EQ(to_string(file.rule_files[1].second), "t.yml:1:21");
  EXPECT_EQ(file.evaluation_interval, 30s);
  ASSERT_THAT(file.tests, SizeIs(2));
  const RuleTestCase& test = file.tests[0];
  EXPECT_EQ(test.name, "first");
  EXPECT_EQ(to_string(test.place), "t.yml:4:3");
  EXPECT_EQ(test.interval, 2min);
  ASSERT_THAT(test.series, SizeIs(2));
  EXPECT_EQ(test.series[0].name, "up{job=\"api\"}");
  EXPECT_EQ(test.series[1].values, "_x5");
  EXPECT_EQ(to_string(test.series[1].place), "t.yml:9:13");

  ASSERT_THAT(test.alerts, SizeIs(1));
  EXPECT_EQ(test.alerts[0].at, 90min);
  EXPECT_EQ(test.alerts[0].alert, "Down");
  ASSERT_THAT(test.alerts[0].alerts, SizeIs(2));
  EXPECT_EQ(test.alerts[0].alerts[0].labels, (Labels{{"job", "api"}}));
  EXPECT_EQ(test.alerts[0].alerts[0].annotations, (Labels{{"summary", "it is down"}}));

  ASSERT_THAT(test.samples, SizeIs(1));
  EXPECT_EQ(test.samples[0].expression.text(), "up > 0");
  EXPECT_EQ(
      test.samples[0].samples,
      (std::vector<Sample>{{{{"job", "api"}}, 1.5}, {{{"job", "b"}}, -INFINITY}, {{}, 2000}}));

  ASSERT_TRUE(test.notifications);
  EXPECT_EQ(test.notifications->until, 1h);
  ASSERT_THAT(test.notifications->notifications, SizeIs(2));
  EXPECT_EQ(test.notifications->notifications[0].at, 10min);
  EXPECT_EQ(test.notifications->notifications[1].action, "resolve");
  EXPECT_EQ(test.notifications->notifications[1].severity, "critical");
}

TEST(RuleTestFiles, HaveDefaults) {
  const RuleTestFile file = read("tests: [{}]");
  EXPECT_THAT(file.rule_files, IsEmpty());
  EXPECT_EQ(file.evaluation_interval, 1min);
  ASSERT_THAT(file.tests, SizeIs(1));
  EXPECT_EQ(file.tests[0].name, "test 1");
  EXPECT_EQ(file.tests[0].interval, 1min);
  EXPECT_FALSE(file.tests[0].notifications);
  EXPECT_THAT(read("tests:").tests, IsEmpty());
}

struct Wrong {
  const char* text;
  const char* place;
  const char* what;
};

const Wrong kWrong[] = {
    {"", "t.yml:1:1", "the file is not a map"},
    {"[]", "t.yml:1:1", "the file is not a map"},
    {"tests: {}", "t.yml:1:8", "tests is not a list"},
    {"rule_files: []", "t.yml:1:1", "the file has no tests"},
    {"tests: []\ntest: []", "t.yml:2:1", "the file: unknown key test"},
    {"tests: []\ntests: []", "t.yml:2:1", "key \"tests\" occurs twice"},
    {"tests: [", "t.yml:1:9", ""},
    {"rule_files: a.yml\ntests: []", "t.yml:1:13", "rule_files is not a list"},
    {"rule_files: [[a]]\ntests: []", "t.yml:1:14", "rule_files is not a value"},
    {"evaluation_interval: 1.5m\ntests: []", "t.yml:1:22", "1.5m is no duration"},
    {"evaluation_interval: 0s\ntests: []", "t.yml:1:22", "evaluation_interval is 0"},
    {"tests: [x]", "t.yml:1:9", "tests is not a map"},
    {"tests: [{nam: x}]", "t.yml:1:10", "tests: unknown key nam"},
    {"tests: [{name: [x]}]", "t.yml:1:16", "name is not a value"},
    {"tests: [{interval: soon}]", "t.yml:1:20", "soon is no duration"},
    {"tests: [{interval: 0}]", "t.yml:1:20", "interval is 0"},
    {"tests: [{input_series: [{series: x}]}]", "t.yml:1:25", "input_series has no values"},
    {"tests: [{input_series: [{values: 1}]}]", "t.yml:1:25", "input_series has no series"},
    {"tests: [{input_series: [{series: x, values: [1]}]}]", "t.yml:1:45", "values is not a value"},
    {"tests: [{input_series: {series: x}}]", "t.yml:1:24", "input_series is not a list"},
    {"tests: [{alert_rule_test: [{eval_time: 1m}]}]", "t.yml:1:28",
     "alert_rule_test has no alertname"},
    {"tests: [{alert_rule_test: [{alertname: A, eval_time: 1}]}]", "t.yml:1:54",
     "1 is no duration"},
    {"tests: [{alert_rule_test: [{alertname: A, exp_alert: []}]}]", "t.yml:1:43",
     "alert_rule_test: unknown key exp_alert"},
    {"tests: [{alert_rule_test: [{alertname: A, exp_alerts: [{labels: {}}]}]}]", "t.yml:1:57",
     "exp_alerts: unknown key labels"},
    {"tests: [{alert_rule_test: [{alertname: A, exp_alerts: [{exp_labels: [a]}]}]}]", "t.yml:1:69",
     "exp_labels is not a map"},
    {"tests: [{alert_rule_test: [{alertname: A, exp_alerts: [{exp_labels: {a: [b]}}]}]}]",
     "t.yml:1:73", "a is not a value"},
    {"tests: [{promql_expr_test: [{eval_time: 1m}]}]", "t.yml:1:29",
     "promql_expr_test has no expr"},
    {"tests: [{promql_expr_test: [{expr: 'up >'}]}]", "t.yml:1:41", ""},
    {"tests: [{promql_expr_test: [{expr: 'rate(up[5m])'}]}]", "t.yml:1:37", ""},
    {"tests: [{promql_expr_test: [{expr: up, exp_samples: [{labels: x}]}]}]", "t.yml:1:54",
     "exp_samples has no value"},
    {"tests: [{promql_expr_test: [{expr: up, exp_samples: [{value: one}]}]}]", "t.yml:1:62",
     "one is no number"},
    {"tests: [{promql_expr_test: [{expr: up, exp_samples: [{value: inf}]}]}]", "t.yml:1:62",
     "inf is no number"},
    {"tests: [{promql_expr_test: [{expr: up, exp_samples: [{value: +-1}]}]}]", "t.yml:1:62",
     "+-1 is no number"},
    {"tests: [{promql_expr_test: [{expr: up, exp_samples: [{labels: 'up > 1', value: 1}]}]}]",
     "t.yml:1:63", "up > 1 is no series"},
    {"tests: [{promql_expr_test: [{expr: up, exp_samples: [{labels: 'up{a!=\"\"}', value: 1}]}]}]",
     "t.yml:1:63", "up{a!=\"\"} is no series"},
    {"tests: [{exp_notifications: {}}]", "t.yml:1:29", "exp_notifications has no until"},
    {"tests: [{exp_notifications: {until: never}}]", "t.yml:1:37", "never is no duration"},
    {"tests: [{exp_notifications: {until: 1m, notifications: [{at: 1m, severity: info}]}}]",
     "t.yml:1:57", "notifications has no action"},
    {"tests: [{exp_notifications: {until: 1m, notifications: [{action: shout, severity: info}]}}]",
     "t.yml:1:66", "shout is no action"},
    {"tests: [{exp_notifications: {until: 1m, notifications: [{action: resolve, severity: "
     "page}]}}]",
     "t.yml:1:85", "page is no severity"},
};

TEST(RuleTestFiles, AreRefusedWithTheirPlace) {
  for (const Wrong& wrong : kWrong) {
    SCOPED_TRACE(wrong.text);
    const Error error = error_of([&] { read(wrong.text); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(to_string(error.location()), wrong.place);
    EXPECT_THAT(error.what(), ::testing::StartsWith(wrong.what));
  }
}

}  // namespace
}  // namespace pcx::alert
