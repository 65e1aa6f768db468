// What is no rule file, judged by Prometheus: pcx refuses what promtool 2.42 refuses, and, beyond
// that, what is said here.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/alert/promtool.h"
#include "tests/alert/rule_file.h"

namespace pcx::alert {
namespace {

enum class Verdict { both_take, both_refuse, only_pcx_refuses };

struct Row {
  std::string text;
  Verdict verdict;
};

std::string one_rule(const std::string& keys) {
  return "groups: [{name: g, rules: [{" + keys + "}]}]\n";
}

const std::vector<Row>& same_rows() {
  using enum Verdict;
  static const std::vector<Row> rows = {
      {"", both_take},
      {"groups:\n", both_take},
      {"groups: []\n", both_take},
      {"\xef\xbb\xbfgroups: []\n", both_take},
      {"[]\n", both_refuse},
      {"groups: {}\n", both_refuse},
      {"groups: [x]\n", both_refuse},
      {"rules: []\n", both_refuse},
      {"groups: [{rules: []}]\n", both_refuse},
      {"groups: [{name: '', rules: []}]\n", both_refuse},
      {"groups: [{name: ~, rules: []}]\n", both_refuse},
      {"groups: [{name: 12}]\n", both_take},
      {"groups: [{name: g}, {name: h}]\n", both_take},
      {"groups: [{name: g}, {name: g}]\n", both_refuse},
      {"groups: [{name: g, name: h}]\n", both_refuse},
      {"groups: [{name: g, query_offset: 5m}]\n", both_refuse},
      {"groups: [{name: g, labels: {a: b}}]\n", both_refuse},
      {"groups: [{name: g, interval: 0s}]\n", both_take},
      {"groups: [{name: g, interval: 1.5m}]\n", both_refuse},
      {one_rule("alert: A, expr: up"), both_take},
      {one_rule("alert: 1, expr: 1"), both_take},
      {one_rule("alert: ' ', expr: up"), both_take},
      {one_rule("alert: \"caf\xc3\xa9 %\", expr: up"), both_take},
      {one_rule("expr: up"), both_refuse},
      {one_rule("alert: '', expr: up"), both_refuse},
      {one_rule("alert: [A], expr: up"), both_refuse},
      {one_rule("alert: A"), both_refuse},
      {one_rule("alert: A, expr: ''"), both_refuse},
      {one_rule("alert: A, expr: ~"), both_refuse},
      {one_rule("alert: A, expr: ' '"), both_refuse},
      {one_rule("alert: A, expr: 'up >'"), both_refuse},
      {one_rule("alert: A, record: b, expr: up"), both_refuse},
      {one_rule("alert: A, expr: up, Expr: up"), both_refuse},
      {one_rule("alert: A, expr: up, for: 0, keep_firing_for: 0s"), both_take},
      {one_rule("alert: A, expr: up, for: 1h30m, keep_firing_for: 250ms"), both_take},
      {one_rule("alert: A, expr: up, for: , labels: , annotations: "), both_take},
      {one_rule("alert: A, expr: up, for: 5"), both_refuse},
      {one_rule("alert: A, expr: up, for: ''"), both_refuse},
      {one_rule("alert: A, expr: up, for: 1m1h"), both_refuse},
      {one_rule("alert: A, expr: up, for: 300y"), both_refuse},
      {one_rule("alert: A, expr: up, labels: {a: , b: 1, c: true, d: 1.50}"), both_take},
      {one_rule("alert: A, expr: up, labels: {alertname: x}"), both_take},
      {one_rule("alert: A, expr: up, labels: {__name__: x}"), both_refuse},
      {one_rule("alert: A, expr: up, labels: {a-b: x}"), both_refuse},
      {one_rule("alert: A, expr: up, labels: {a: [b]}"), both_refuse},
      {one_rule("alert: A, expr: up, labels: [b]"), both_refuse},
      {one_rule("alert: A, expr: up, annotations: {__name__: x}"), both_take},
      {one_rule("alert: A, expr: up, annotations: {a-b: x}"), both_refuse},
      {one_rule("alert: A, expr: up, annotations: {a: '{{ $value }} {{ humanize $value }}'}"),
       both_take},
      {one_rule("alert: A, expr: up, annotations: {a: '{{ nofunc $value }}'}"), both_refuse},
      {one_rule("alert: A, expr: up, labels: {a: '{{ $value '}"), both_refuse},
      {one_rule("alert: A, expr: up, labels: {a: '{{ }}'}"), both_refuse},
      {one_rule("alert: A, expr: up, labels: {a: '{{ $x }}'}"), both_refuse},
      {one_rule("alert: A, expr: up, labels: {a: '{{ printf \"%f\"$value }}'}"), both_refuse},
      {one_rule("alert: A, expr: up, labels: {a: '{{ ($value }}'}"), both_refuse},
      {file_with(
           "    annotations: {pcx_no_data: ok, pcx_flap: 4 in 1h, pcx_resolve_expr: x < 8}\n"),
       both_take},
  };
  return rows;
}

// In the order of the reasons at read_rules().
const std::vector<Row>& stricter_rows() {
  using enum Verdict;
  static const std::vector<Row> rows = {
      {"groups: []\n---\ngroups: []\n", only_pcx_refuses},
      {"groups: [!x {name: g}]\n", only_pcx_refuses},
      {"groups: [~]\n", only_pcx_refuses},
      {"groups: [{name: g, rules: [~]}]\n", only_pcx_refuses},
      {one_rule("alert: A, expr: 'rate(up[5m]) > 1'"), only_pcx_refuses},
      {one_rule("alert: A, expr: up, annotations: {a: '{{ if $value }}x{{ end }}'}"),
       only_pcx_refuses},
      {one_rule("alert: A, expr: up, annotations: {a: '{{ title $value }}'}"), only_pcx_refuses},
      {"groups: [{name: g, rules: [&a {alert: A, expr: up}, {<<: *a, alert: B}]}]\n",
       only_pcx_refuses},
      {one_rule("alert: ~, expr: up"), only_pcx_refuses},
      {one_rule("record: a:b, expr: up"), only_pcx_refuses},
      {"groups: [{name: g, limit: 5}]\n", only_pcx_refuses},
      {one_rule("alert: A, expr: up, annotations: {pcx_x: y}"), only_pcx_refuses},
      {one_rule("alert: A, expr: up, annotations: {pcx_flap: often}"), only_pcx_refuses},
      {one_rule("alert: A, expr: up, labels: {severity: page}"), only_pcx_refuses},
      // promtool says of these that they failed, and ends well.
      {one_rule("alert: A, expr: up}, {alert: A, expr: down"), only_pcx_refuses},
      {"groups: [{name: g, rules: [{alert: A, expr: x}]}, {name: h, rules: [{alert: A, expr: "
       "y}]}]\n",
       only_pcx_refuses},
  };
  return rows;
}

bool takes(const std::string& text) {
  try {
    rules_of(text);
    return true;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_FALSE(error.location().file.empty() || error.location().line == 0) << error.what();
    return false;
  }
}

std::string name_of(std::size_t index) { return std::to_string(index) + ".yml"; }

TEST(RuleOracle, PrometheusRefusesTheSame) {
  std::vector<Row> rows = same_rows();
  rows.insert(rows.end(), stricter_rows().begin(), stricter_rows().end());
  Promtool promtool;
  for (std::size_t i = 0; i < rows.size(); ++i) promtool.write(name_of(i), rows[i].text);
  const auto judged = promtool.check_all();
  ASSERT_EQ(judged.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(rows[i].text);
    EXPECT_EQ(judged.at(name_of(i)), rows[i].verdict != Verdict::both_refuse);
    EXPECT_EQ(takes(rows[i].text), rows[i].verdict == Verdict::both_take);
  }
}

}  // namespace
}  // namespace pcx::alert
