#include "alert/rule.h"

#include <gtest/gtest.h>

#include "alert/rules_files.h"
#include "alert/zone_files.h"
#include "core/yaml_tree.h"
#include "tests/alert/rule_file.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;

TEST(Rules, AreReadWithAllThatPrometheusHas) {
  const auto rules = rules_of(R"(groups:
- name: practice
  interval: 5m
  rules:
  - alert: LowStock
    expr: |
      pcx_kpi_inventory_low_stock
        > 10
    for: 10m
    keep_firing_for: 15m
    labels: {severity: warning, team: front-desk, alertname: other, none: ""}
    annotations:
      summary: "{{ $value }} items"
      nothing: ~
  - {alert: Down, expr: up == 0}
- name: empty
)");
  ASSERT_EQ(rules.size(), 2u);
  const Rule& rule = rules[0];
  EXPECT_EQ(rule.id(), "practice/LowStock/warning");
  EXPECT_EQ(rule.group, "practice");
  EXPECT_EQ(rule.alert, "LowStock");
  EXPECT_EQ(rule.expression.text(), "pcx_kpi_inventory_low_stock\n  > 10\n");
  EXPECT_EQ(rule.interval, 5min);
  EXPECT_EQ(rule.hold, 10min);
  EXPECT_EQ(rule.keep_firing_for, 15min);
  EXPECT_EQ(rule.labels, (Labels{{"severity", "warning"}, {"team", "front-desk"}}));
  EXPECT_EQ(rule.annotations, (Labels{{"summary", "{{ $value }} items"}}));
  EXPECT_EQ(to_string(rule.place), "r.yml:5:5");
  EXPECT_EQ(rule.longest_gap(), 15min);
  EXPECT_EQ(rules[1].id(), "practice/Down");
  EXPECT_EQ(to_string(rules[1].place), "r.yml:15:5");
}

TEST(Rules, HaveDefaults) {
  const Rule rule = rule_with("");
  EXPECT_EQ(rule.hold, 0ms);
  EXPECT_EQ(rule.keep_firing_for, 0ms);
  EXPECT_EQ(rule.interval, 1min);
  EXPECT_EQ(rule.longest_gap(), 3min);
  EXPECT_EQ(rule.no_data, NoData::keep);
  EXPECT_EQ(rule.flap.changes_max, 4);
  EXPECT_EQ(rule.flap.window, 1h);
  EXPECT_FALSE(rule.resolve || rule.schedule || rule.repeat);
  EXPECT_TRUE(rule.receivers.empty() && rule.volatile_labels.empty());
}

TEST(Rules, HaveWhatTheirAnnotationsSayToPcx) {
  const Rule rule = rule_with(R"(    annotations:
      pcx_resolve_expr: stock < 8
      pcx_no_data: alert
      pcx_schedule: Mon-Sat 08:00-19:00
      pcx_receivers: " pd ,slack"
      pcx_repeat: 4h
      pcx_flap: 6 in 30m
      pcx_volatile: host, pid
      pcx_max_gap: 20m
      summary: it is
)");
  ASSERT_TRUE(rule.resolve);
  EXPECT_EQ(rule.resolve->text(), "stock < 8");
  EXPECT_EQ(rule.no_data, NoData::alert);
  ASSERT_TRUE(rule.schedule);
  EXPECT_EQ(rule.schedule->ranges.at(0).zone, "UTC");
  EXPECT_EQ(rule.receivers, (std::vector<std::string>{"pd", "slack"}));
  EXPECT_EQ(rule.repeat, std::chrono::milliseconds{4h});
  EXPECT_EQ(rule.flap.changes_max, 6);
  EXPECT_EQ(rule.flap.window, 30min);
  EXPECT_EQ(rule.volatile_labels, (LabelNames{"host", "pid"}));
  EXPECT_EQ(rule.longest_gap(), 20min);
  EXPECT_EQ(rule.annotations, (Labels{{"summary", "it is"}}));
}

TEST(Rules, MayNotFlapAndNeverRepeat) {
  const Rule rule =
      rule_with("    annotations: {pcx_flap: off, pcx_repeat: 0, pcx_no_data: error}\n");
  EXPECT_EQ(rule.flap.changes_max, 0);
  EXPECT_EQ(rule.repeat, 0ms);
  EXPECT_EQ(rule.no_data, NoData::error);
}

TEST(Rules, MayShareANameWhenTheirSeveritiesDiffer) {
  const auto rules = rules_of(R"(groups:
- name: g
  rules:
  - {alert: A, expr: x > 1, labels: {severity: warning}}
  - {alert: A, expr: x > 2, labels: {severity: critical}}
  - {alert: A, expr: x > 3, labels: {severity: "{{ $labels.severity }}"}}
)");
  EXPECT_EQ(rules[0].id(), "g/A/warning");
  EXPECT_EQ(rules[1].id(), "g/A/critical");
  EXPECT_EQ(rules[2].id(), "g/A");
}

TEST(Rules, AreAddedToThoseOfOtherFiles) {
  std::vector<Rule> rules = rules_of(file_with(""));
  read_rules("groups: [{name: practice, rules: [{alert: B, expr: x}]}]", "s.yml", "", rules);
  EXPECT_EQ(rules.size(), 2u);
  const Error error =
      pcx::testing::error_of([&] { read_rules(file_with(""), "t.yml", "", rules); });
  EXPECT_STREQ(error.what(), "rule \"practice/LowStock\" is there twice");
  EXPECT_EQ(to_string(error.location()), "t.yml:4:5");
  EXPECT_EQ(error.hint(),
            "The first one is at r.yml:4:5.\n"
            "Rules of one group may share a name when their severities differ.");
  EXPECT_EQ(rules.size(), 2u);
}

TEST(Rules, OfPcxAreThoseThatAnybodyWouldReadFromTheFile) {
  for (const EmbeddedFile& file : rules_files()) {
    EXPECT_EQ(file.tree, to_tree(parse_yaml(file.bytes, builtin_name(file))));
    std::vector<Rule> shipped, read;
    read_rules(file, "UTC", shipped);
    read_rules(file.bytes, builtin_name(file), "UTC", read);
    ASSERT_EQ(shipped.size(), read.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      EXPECT_EQ(shipped[i].id(), read[i].id());
      EXPECT_EQ(to_string(shipped[i].place), to_string(read[i].place));
    }
  }
}

TEST(Rules, OfAnEmptyFileAreNone) {
  for (const char* text :
       {"", "# nothing\n", "groups:\n", "groups: []\n", "\xef\xbb\xbfgroups:\n"}) {
    EXPECT_TRUE(rules_of(text).empty()) << text;
  }
}

struct Wrong {
  std::string text;
  const char* message;
  const char* place;
  const char* hint = "";
};

void expect_wrong(std::initializer_list<Wrong> rows) {
  for (const Wrong& row : rows) {
    SCOPED_TRACE(row.text);
    const Error error = pcx::testing::error_of([&] { rules_of(row.text); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_STREQ(error.what(), row.message);
    EXPECT_EQ(to_string(error.location()), row.place);
    EXPECT_EQ(error.hint(), row.hint);
  }
}

constexpr const char* kDurations = "Durations are written as 90s, 5m or 1h30m.";

TEST(WrongRules, OfKeysAndKinds) {
  expect_wrong({
      {"group: []", "unknown key \"group\" of the file", "r.yml:1:1", "Did you mean \"groups\"?"},
      {"[]", "the file is not a map", "r.yml:1:1"},
      {"groups: {}", "groups of the file is not a list", "r.yml:1:9"},
      {"groups: [x]", "group is not a map", "r.yml:1:10"},
      {"groups: [{rules: []}]", "group has no name", "r.yml:1:10"},
      {"groups: [{name: '', rules: []}]", "group has no name", "r.yml:1:11"},
      {"groups: [{name: g}, {name: g}]", "group \"g\" is there twice", "r.yml:1:28"},
      {"groups: [{name: g, limit: 5}]", "group \"g\" has a limit, which pcx does not know",
       "r.yml:1:20", "Remove it."},
      {"groups: [{name: g, interval: 5}]", "interval of group \"g\" is no duration: \"5\"",
       "r.yml:1:30", kDurations},
      {"groups: [{name: g, rules: [{record: r, expr: x}]}]",
       "rule of group \"g\" is a recording rule, which pcx does not know", "r.yml:1:29",
       "Alerting rules have the key alert."},
      {"groups: [{name: g, rules: [{expr: x}]}]", "rule of group \"g\" has no alert", "r.yml:1:28"},
      {"groups: [{name: g, rules: [{alert: A}]}]", "rule \"A\" has no expr", "r.yml:1:28"},
      {file_with("    fro: 5m\n"), "unknown key \"fro\" of rule of group \"practice\"", "r.yml:6:5",
       "Did you mean \"for\"?"},
      {file_with("    for: 5 m\n"), "for of rule \"LowStock\" is no duration: \"5 m\"",
       "r.yml:6:10", kDurations},
      {file_with("    labels: [a]\n"), "labels of rule \"LowStock\" is not a map", "r.yml:6:13"},
      {file_with("    labels: {a: [b]}\n"), "\"a\" in labels of rule \"LowStock\" is not a text",
       "r.yml:6:17"},
      {file_with("    for: 1m\n    for: 2m\n"), "key \"for\" occurs twice", "r.yml:7:5",
       "The first one is in line 6; remove one of them."},
  });
}

TEST(WrongRules, OfLabelsAndTemplates) {
  expect_wrong({
      {file_with("    labels: {a-b: c}\n"),
       "rule \"LowStock\" has a label \"a-b\", which is no label's name", "r.yml:6:14"},
      {file_with("    labels: {__name__: c}\n"),
       "rule \"LowStock\" has a label \"__name__\", which is no label's name", "r.yml:6:14"},
      {file_with("    annotations: {a.b: c}\n"),
       "rule \"LowStock\" has an annotation \"a.b\", which is no annotation's name", "r.yml:6:19"},
      {file_with("    labels: {severity: page}\n"),
       "severity of rule \"LowStock\" cannot be \"page\"", "r.yml:6:24",
       "Known here: info, warning, error, critical."},
      {file_with("    labels: {severity: critcal}\n"),
       "severity of rule \"LowStock\" cannot be \"critcal\"", "r.yml:6:24",
       "Did you mean \"critical\"?"},
      {file_with("    labels: {team: \"a\\0b\"}\n"), "\"team\" has a character of code 0",
       "r.yml:6:20"},
      {file_with("    annotations: {a: \"\\0\"}\n"), "\"a\" has a character of code 0",
       "r.yml:6:22"},
      {"groups: [{name: \"g\\0\"}]", "the name of a group has a character of code 0", "r.yml:1:11"},
      {"groups: [{name: g, rules: [{alert: \"A\\0\", expr: x}]}]",
       "the name of an alert has a character of code 0", "r.yml:1:29"},
      {file_with("    annotations: {a: 'x {{ $value'}\n"), "template has a {{ without }}",
       "r.yml:6:25"},
      {file_with("    annotations:\n      a: |\n        x\n        {{ humanise $value }}\n"),
       "\"humanise\" is no function of templates here", "r.yml:9:12", "Did you mean \"humanize\"?"},
  });
}

// What is said is the expression's business.
TEST(WrongRules, OfExpressionsHaveTheirPlaceInTheFile) {
  const auto place_of = [](const std::string& text) {
    return to_string(pcx::testing::error_of([&] { rules_of(text); }).location());
  };
  EXPECT_EQ(place_of("groups: [{name: g, rules: [{alert: A, expr: 'x > !'}]}]"), "r.yml:1:50");
  EXPECT_EQ(place_of("groups: [{name: g, rules: [{alert: A, expr: !!str x > !}]}]"), "r.yml:1:45");
  EXPECT_EQ(
      place_of("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: |\n      x\n        > !\n"),
      "r.yml:7:11");
  EXPECT_EQ(place_of(file_with("    annotations: {pcx_resolve_expr: stock < !}\n")), "r.yml:6:45");
  EXPECT_EQ(place_of(file_with("    annotations: {pcx_schedule: Mon 25:00-26:00}\n")),
            "r.yml:6:37");
}

TEST(WrongRules, OfAnnotationsForPcx) {
  const auto with = [](const std::string& text) {
    return file_with("    annotations: {" + text + "}\n");
  };
  expect_wrong({
      {with("pcx_nodata: ok"), "unknown annotation \"pcx_nodata\"", "r.yml:6:19",
       "Did you mean \"pcx_no_data\"?"},
      {with("pcx_x: ok"), "unknown annotation \"pcx_x\"", "r.yml:6:19",
       "Known here: pcx_resolve_expr, pcx_no_data, pcx_schedule, pcx_receivers, pcx_repeat, "
       "pcx_flap, pcx_volatile, pcx_max_gap."},
      {with("pcx_flap: "), "pcx_flap is empty", "r.yml:6:19"},
      {with("pcx_no_data: nodata"), "pcx_no_data cannot be \"nodata\"", "r.yml:6:32",
       "Known here: keep, ok, alert, error."},
      {with("pcx_no_data: '{{ $value }}'"), "pcx_no_data cannot be \"{{ $value }}\"", "r.yml:6:32",
       "Known here: keep, ok, alert, error."},
      {with("pcx_resolve_expr: 1"),
       "pcx_resolve_expr is a number, which no alert has the labels of", "r.yml:6:37",
       "It has to select the series that are well again."},
      {with("pcx_receivers: 'pd,,slack'"), "pcx_receivers has an empty name in its list",
       "r.yml:6:34"},
      {with("pcx_receivers: 'pd, pd'"), "pcx_receivers names \"pd\" twice", "r.yml:6:34"},
      {with("pcx_repeat: 4"), "pcx_repeat is no duration: \"4\"", "r.yml:6:31", kDurations},
      {with("pcx_max_gap: 0s"), "pcx_max_gap must be longer than nothing", "r.yml:6:32"},
      {with("pcx_volatile: a-b"), "pcx_volatile has \"a-b\", which is no label's name",
       "r.yml:6:33"},
      {with("pcx_volatile: alertname"), "pcx_volatile cannot name alertname", "r.yml:6:33"},
  });
  for (const char* flap : {"4", "4 in", "1 in 1h", "4 in 0s", "4 per 1h", "x in 1h", "1001 in 1h",
                           "4 in 1h or so", "-4 in 1h", "Off", "4x in 1h"}) {
    const std::string message = std::string{"pcx_flap cannot be \""} + flap + "\"";
    expect_wrong({{with(std::string{"pcx_flap: "} + flap), message.c_str(), "r.yml:6:29",
                   "Write it as \"4 in 1h\", with 2 to 1000 changes, or \"off\"."}});
  }
}

TEST(WrongRules, OfZonesThatAreNoneAreFoundBeforeAnythingIsNotified) {
  const ZoneFiles zones{kZoneFolder};
  require_zones({rule_with("    annotations: {pcx_schedule: daily 08:00-19:00 Europe/Paris}\n")},
                zones);
  const Rule rule = rule_with(
      "    annotations: {pcx_schedule: daily 08:00-19:00 Europe/Paris; Sun 10:00-12:00 "
      "Mars/Olympus}\n");
  const Error error = pcx::testing::error_of([&] { require_zones({rule}, zones); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_EQ(error.reason(), "unknown_zone");
  EXPECT_EQ(to_string(error.location()), "r.yml:4:5");
  EXPECT_STREQ(error.what(), "rule LowStock: time zone 'Mars/Olympus' is unknown");
}

}  // namespace
}  // namespace pcx::alert
