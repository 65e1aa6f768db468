// What the machine makes of label sets: several series, templates, rules that were changed.
#include <cmath>

#include <gtest/gtest.h>

#include "alert/machine.h"
#include "tests/alert/machine_rig.h"
#include "tests/alert/rule_file.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;

Sample sample(const char* tenant, double value) { return {{{"tenant", tenant}}, value}; }

// "north:F south:p", in the order of labels; severity and level where they are.
std::string shown_labels(const std::vector<Alert>& alerts) {
  std::string text;
  for (const Alert& alert : alerts) {
    if (!text.empty()) text += ' ';
    for (const char* name : {"tenant", "level"}) {
      if (alert.labels.contains(name)) text += alert.labels.at(name);
    }
    text += ':';
    text += to_string(alert.phase);
    if (alert.no_data) text += '?';
  }
  return text;
}

TEST(MachineLabels, AreThoseOfSeriesRuleAndName) {
  Rule rule = plain_rule();
  rule.labels = {
      {"severity", "warning"}, {"who", "{{ $labels.tenant | toUpper }}"}, {"tenant", "x"}};
  Course run{rule};
  const auto& alerts = run.evaluate(findings_of(rule, {sample("north", 11)}), 0min).alerts;
  EXPECT_EQ(
      alerts.at(0).labels,
      (Labels{{"alertname", "A"}, {"severity", "warning"}, {"tenant", "x"}, {"who", "NORTH"}}));
  EXPECT_EQ(alerts.at(0).rule, "g/A/warning");
  EXPECT_EQ(alerts.at(0).dedup_key, dedup_key_of("production", alerts.at(0).labels, {}));
}

TEST(MachineLabels, HaveTheirOwnTimers) {
  Rule rule = plain_rule();
  rule.hold = 1min;
  Course run{rule};
  run.evaluate(findings_of(rule, {sample("north", 11), sample("south", 9)}), 0min);
  run.evaluate(findings_of(rule, {sample("north", 11), sample("south", 11)}), 1min);
  EXPECT_EQ(shown_labels(run.outcome().alerts), "north:firing south:pending");
  run.evaluate(findings_of(rule, {sample("south", 11)}), 2min);
  EXPECT_EQ(shown_labels(run.outcome().alerts), "north:firing? south:firing");
  run.evaluate(findings_of(rule, {sample("north", 9), sample("south", 11)}), 3min);
  EXPECT_EQ(shown_labels(run.outcome().alerts), "north:resolved south:firing");
}

TEST(MachineLabels, OfTwoSeriesMayNotBeTheSame) {
  Rule rule = plain_rule();
  rule.labels = {{"tenant", "all"}};
  Course run{rule};
  run.evaluate(findings_of(rule, {sample("north", 11)}), 0min);
  run.evaluate(findings_of(rule, {sample("north", 11), sample("south", 11)}), 1min);
  EXPECT_EQ(run.outcome().failure,
            "two series have the labels {alertname=\"A\", tenant=\"all\"} with those of rule g/A");
  EXPECT_EQ(shown_labels(run.outcome().alerts), "all:firing?");
}

TEST(MachineLabels, ThatDependOnTheValueMakeNewAlerts) {
  for (const NoData policy : {NoData::keep, NoData::ok}) {
    Rule rule = plain_rule();
    rule.no_data = policy;
    rule.labels = {{"level", "{{ $value }}"}};
    Course run{rule};
    run.evaluate(findings_of(rule, {sample("north", 11)}), 0min);
    run.evaluate(findings_of(rule, {sample("north", 12)}), 1min);
    EXPECT_EQ(shown_labels(run.outcome().alerts), "north11:resolved north12:firing");
    run.evaluate(findings_of(rule, {sample("north", 9)}), 2min);
    EXPECT_EQ(shown_labels(run.outcome().alerts), "north12:resolved");
  }
}

TEST(MachineLabels, ThatDependOnTheValueResolveByTheirSeries) {
  Rule rule = rule_with_resolve();
  rule.labels = {{"level", "{{ $value }}"}};
  Course run{rule};
  run.evaluate(findings_of(rule, {sample("north", 11)}), 0min);
  run.evaluate(findings_of(rule, {sample("north", 9)}), 1min);
  EXPECT_EQ(shown_labels(run.outcome().alerts), "north11:firing");
  run.evaluate(findings_of(rule, {sample("north", 7)}), 2min);
  EXPECT_EQ(shown_labels(run.outcome().alerts), "north11:resolved");
}

TEST(MachineLabels, ThatTheRuleLostEndTheAlert) {
  Rule rule = plain_rule();
  rule.labels = {{"team", "desk"}};
  const Findings findings = findings_of(rule, {sample("north", 11)});
  const Outcome before = step(rule, {}, findings, at_minute(0), {});
  rule.labels = {{"team", "office"}};
  const Outcome after = step(rule, before.alerts, findings, at_minute(1), {});
  ASSERT_EQ(after.alerts.size(), 2u);
  EXPECT_EQ(after.alerts[0].labels.at("team"), "desk");
  EXPECT_EQ(after.alerts[0].phase, Phase::resolved);
  EXPECT_EQ(after.alerts[1].labels.at("team"), "office");
  EXPECT_EQ(after.alerts[1].phase, Phase::firing);
}

TEST(MachineLabels, OfARuleWithoutSeriesAreItsOwn) {
  Rule rule = plain_rule();
  rule.no_data = NoData::alert;
  rule.hold = 1min;
  rule.labels = {{"severity", "critical"}, {"who", "{{ $labels.tenant }}"}};
  rule.annotations = {{"summary", "{{ $value }} items"}};
  Course run{rule};
  run.evaluate(Findings{}, 0min);
  run.evaluate(Findings{}, 1min);
  ASSERT_EQ(run.outcome().alerts.size(), 1u);
  const Alert alert = run.outcome().alerts[0];
  EXPECT_EQ(alert.labels, (Labels{{"alertname", "A"}, {"severity", "critical"}}));
  EXPECT_EQ(alert.annotations.at("summary"), "NaN items");
  EXPECT_EQ(alert.value, 0);
  EXPECT_TRUE(alert.is_firing() && alert.no_data);
  run.evaluate(findings_of(rule, {sample("north", 11)}), 2min);
  EXPECT_EQ(shown_labels(run.outcome().alerts), ":resolved? north:pending");
}

TEST(MachineLabels, OfARuleWithoutSeriesAreNotNeededBesideAnAlert) {
  Rule rule = plain_rule();
  rule.no_data = NoData::alert;
  Course run{rule};
  run.evaluate(findings_of(rule, {sample("north", 11), sample("south", 9)}), 0min);
  run.evaluate(Findings{}, 1min);
  EXPECT_EQ(shown_labels(run.outcome().alerts), "north:firing?");
  run.evaluate(findings_of(rule, {sample("south", 9)}), 2min);
  EXPECT_EQ(shown_labels(run.outcome().alerts), "north:firing?");
}

TEST(MachineLabels, OfASeriesWithoutLabelsAreThoseOfTheRule) {
  Rule rule = plain_rule();
  rule.no_data = NoData::alert;
  Course run{rule};
  run.evaluate(Findings{}, 0min);
  run.evaluate(findings_of(rule, {Sample{{}, 11}}), 1min);
  EXPECT_EQ(shown_labels(run.outcome().alerts), ":firing");
  EXPECT_EQ(run.outcome().alerts.at(0).fired_at, at_minute(0));
  run.evaluate(findings_of(rule, {Sample{{}, 9}}), 2min);
  EXPECT_EQ(shown_labels(run.outcome().alerts), ":resolved");
}

TEST(MachineLabels, WithoutDataOfOneSeriesAreSaid) {
  Rule rule = plain_rule();
  rule.no_data = NoData::error;
  Course run{rule};
  run.evaluate(findings_of(rule, {sample("north", 11), sample("south", 11)}), 0min);
  run.evaluate(findings_of(rule, {sample("south", 11)}), 1min);
  EXPECT_EQ(run.outcome().failure, "rule g/A has no data of {alertname=\"A\", tenant=\"north\"}");
}

TEST(MachineLabels, AreFoundInWhatResolvesWithoutAnyOtherData) {
  Rule rule = rule_with_resolve();
  Course run{rule};
  run.evaluate(findings_of(rule, {sample("north", 11)}), 0min);
  Findings findings;
  findings.resolvable = Samples{sample("north", 1)};
  run.evaluate(findings, 1min);
  EXPECT_EQ(shown_labels(run.outcome().alerts), "north:resolved");
}

TEST(MachineLabels, DoNotHideAnAlertWhoseTextFails) {
  Rule rule = plain_rule();
  rule.annotations = {{"summary", "{{ humanize $labels.tenant }}"}};
  Course run{rule};
  run.evaluate(findings_of(rule, {sample("north", 11)}), 0min);
  EXPECT_EQ(run.outcome().alerts.at(0).annotations.at("summary"),
            "<error expanding template: \"north\" is no number>");
}

TEST(MachineLabels, AreInTheirOrderWhateverThatOfTheSeries) {
  const Rule rule = plain_rule();
  Course one{rule};
  Course other{rule};
  one.evaluate(findings_of(rule, {sample("north", 11), sample("south", 12)}), 0min);
  other.evaluate(findings_of(rule, {sample("south", 12), sample("north", 11)}), 0min);
  EXPECT_EQ(one.outcome().alerts, other.outcome().alerts);
  EXPECT_EQ(one.outcome().transitions.at(0).alert.labels.at("tenant"), "north");
}

class FixedSeries final : public Series {
 public:
  Samples select(const Selector& selector, Time) const override {
    if (selector.name == "lost") {
      throw Error{ErrorCode::data, "input db could not be read"}.because("input_failed");
    }
    return {sample("north", 11), sample("south", 7)};
  }
};

TEST(Look, FindsMatchesDataAndWhatIsWell) {
  const Rule rule = rule_with("    annotations: {pcx_resolve_expr: stock < 8}\n");
  const Findings findings = look(rule, FixedSeries{}, at_minute(0));
  EXPECT_EQ(findings.matches, (Samples{sample("north", 11)}));
  EXPECT_EQ(findings.present.size(), 2u);
  EXPECT_EQ(findings.resolvable, (Samples{sample("south", 7)}));
  EXPECT_EQ(findings.failure, "");
}

TEST(Look, TakesAnyNumberForAMatch) {
  const auto rules = rules_of("groups: [{name: g, rules: [{alert: A, expr: 0}]}]");
  const Findings findings = look(rules.at(0), FixedSeries{}, at_minute(0));
  EXPECT_EQ(findings.matches, (Samples{Sample{{}, 0}}));
  EXPECT_EQ(findings.present.size(), 1u);
}

TEST(Look, MakesAFailureOfInputsThatFailed) {
  for (const char* keys :
       {"expr: lost > 1", "expr: stock > 1, annotations: {pcx_resolve_expr: lost}"}) {
    const auto rules =
        rules_of(std::string{"groups: [{name: g, rules: [{alert: A, "} + keys + "}]}]");
    const Findings findings = look(rules.at(0), FixedSeries{}, at_minute(0));
    EXPECT_EQ(findings.failure, "input db could not be read");
    EXPECT_TRUE(findings.matches.empty() && findings.present.empty());
  }
}

}  // namespace
}  // namespace pcx::alert
