#include "alert/rule_test_file.h"

#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

#include "core/text.h"
#include "core/yaml.h"
#include "core/yaml_place.h"

namespace pcx::alert {
namespace {

[[noreturn]] void throw_bad_test(const Location& place, const std::string& what,
                                 const std::string& hint) {
  throw Error{ErrorCode::data, what, hint}.at(place);
}

void require_kind(const YamlNode& node, YamlNode::Kind kind, std::string_view name) {
  if (node.kind == kind) return;
  const char* const word = kind == YamlNode::Kind::map    ? "a map"
                           : kind == YamlNode::Kind::list ? "a list"
                                                          : "a value";
  throw_bad_test(node.place, fmt::format("{} is not {}", name, word),
                 "The format is that of promtool test rules.");
}

void require_keys(const YamlNode& map, std::string_view name,
                  std::initializer_list<std::string_view> known) {
  require_kind(map, YamlNode::Kind::map, name);
  for (std::size_t i = 0; i < map.members.size(); ++i) {
    const std::string& key = map.members[i].first;
    if (std::ranges::find(known, key) != known.end()) continue;
    const auto near = nearest(key, {known.begin(), known.end()});
    throw_bad_test(map.key_places[i], fmt::format("{}: unknown key {}", name, escape_controls(key)),
                   near ? fmt::format("Did you mean {}?", *near)
                        : "The format is that of promtool test rules.");
  }
}

const YamlNode& require(const YamlNode& map, std::string_view key, std::string_view name) {
  const YamlNode* const found = map.find(key);
  if (found == nullptr) {
    throw_bad_test(map.place, fmt::format("{} has no {}", name, key),
                   "The format is that of promtool test rules.");
  }
  return *found;
}

std::string text_at(const YamlNode& map, std::string_view key, std::string_view name) {
  const YamlNode& node = require(map, key, name);
  require_kind(node, YamlNode::Kind::scalar, key);
  return node.text;
}

std::string word_at(const YamlNode& map, std::string_view key, bool (*is_known)(std::string_view)) {
  const std::string word = text_at(map, key, "notifications");
  if (is_known(word)) return word;
  throw_bad_test(map.find(key)->place, fmt::format("{} is no {}", escape_controls(word), key),
                 "Write {at: 10m, action: trigger, severity: warning}.");
}

std::chrono::milliseconds duration_in(const YamlNode& node, std::string_view name) {
  require_kind(node, YamlNode::Kind::scalar, name);
  const auto duration = parse_prometheus_duration(node.text);
  if (duration) return *duration;
  throw_bad_test(node.place, fmt::format("{} is no duration", escape_controls(node.text)),
                 "Write 30s, 5m, 1h30m.");
}

std::chrono::milliseconds interval_in(const YamlNode* node, std::string_view name) {
  if (node == nullptr) return std::chrono::minutes{1};
  const auto interval = duration_in(*node, name);
  if (interval.count() == 0) throw_bad_test(node->place, fmt::format("{} is 0", name), "Write 1m.");
  return interval;
}

std::chrono::milliseconds time_in(const YamlNode& map, std::string_view key) {
  const YamlNode* const node = map.find(key);
  return node == nullptr ? std::chrono::milliseconds{0} : duration_in(*node, key);
}

Labels labels_in(const YamlNode* map, std::string_view name) {
  Labels labels;
  if (map == nullptr || map->kind == YamlNode::Kind::null) return labels;
  require_kind(*map, YamlNode::Kind::map, name);
  for (const auto& [key, value] : map->members) {
    require_kind(value, YamlNode::Kind::scalar, key);
    if (!value.text.empty()) labels.emplace(key, value.text);
  }
  return labels;
}

const std::vector<YamlNode>& items_of(const YamlNode* list, std::string_view name) {
  static const std::vector<YamlNode> none;
  if (list == nullptr || list->kind == YamlNode::Kind::null) return none;
  require_kind(*list, YamlNode::Kind::list, name);
  return list->items;
}

ExpectedAlerts alerts_in(const YamlNode& node) {
  require_keys(node, "alert_rule_test", {"eval_time", "alertname", "exp_alerts"});
  ExpectedAlerts expected;
  expected.at = time_in(node, "eval_time");
  expected.alert = text_at(node, "alertname", "alert_rule_test");
  for (const YamlNode& item : items_of(node.find("exp_alerts"), "exp_alerts")) {
    require_keys(item, "exp_alerts", {"exp_labels", "exp_annotations"});
    expected.alerts.push_back({labels_in(item.find("exp_labels"), "exp_labels"),
                               labels_in(item.find("exp_annotations"), "exp_annotations")});
  }
  return expected;
}

// "up{job=\"api\"}", "{job=\"api\"}" or nothing.
Labels sample_labels(const YamlNode& node) {
  require_kind(node, YamlNode::Kind::scalar, "labels");
  const std::string_view text = trim(node.text);
  if (text.empty() || text == "{}") return {};
  return parse_series_name((text.starts_with('{') ? "a" : "") + std::string{text}, node.place)
      .labels;
}

// As YAML writes it: infinity is .inf there.
double number_in(const YamlNode& node) {
  require_kind(node, YamlNode::Kind::scalar, "value");
  std::string text = node.text;
  const std::size_t begin = std::min(text.find_first_not_of("+-"), text.size());
  const bool is_word = text.find_first_of("iInN") != text.npos;
  const bool has_dot = text.substr(begin).starts_with('.');
  if (is_word && has_dot) text.erase(begin, 1);
  const auto value = parse_test_number(text);
  if (value && is_word == (is_word && has_dot)) return *value;
  throw_bad_test(node.place, fmt::format("{} is no number", escape_controls(node.text)),
                 "Write 1.5.");
}

ExpectedSamples samples_in(const YamlNode& node, std::string_view file) {
  require_keys(node, "promql_expr_test", {"expr", "eval_time", "exp_samples"});
  const YamlNode& text = require(node, "expr", "promql_expr_test");
  require_kind(text, YamlNode::Kind::scalar, "expr");
  ExpectedSamples expected{.at = time_in(node, "eval_time"),
                           .expression = at_value(file, text,
                                                  [&text](const Location& place) {
                                                    return Expression::parse(text.text, place);
                                                  }),
                           .samples = {}};
  for (const YamlNode& item : items_of(node.find("exp_samples"), "exp_samples")) {
    require_keys(item, "exp_samples", {"labels", "value"});
    const YamlNode* const labels = item.find("labels");
    expected.samples.push_back({labels == nullptr ? Labels{} : sample_labels(*labels),
                                number_in(require(item, "value", "exp_samples"))});
  }
  return expected;
}

ExpectedNotifications notifications_in(const YamlNode& node) {
  require_keys(node, "exp_notifications", {"until", "notifications"});
  ExpectedNotifications expected;
  expected.until = duration_in(require(node, "until", "exp_notifications"), "until");
  for (const YamlNode& item : items_of(node.find("notifications"), "notifications")) {
    require_keys(item, "notifications", {"at", "action", "severity"});
    expected.notifications.push_back(
        {time_in(item, "at"),
         word_at(item, "action", [](auto word) { return word == "trigger" || word == "resolve"; }),
         word_at(item, "severity", [](auto word) { return parse_severity(word).has_value(); })});
  }
  return expected;
}

RuleTestCase test_in(const YamlNode& node, std::size_t number, std::string_view file) {
  require_keys(node, "tests",
               {"name", "interval", "input_series", "alert_rule_test", "promql_expr_test",
                "exp_notifications"});
  RuleTestCase test;
  test.place = node.place;
  test.name = node.find("name") != nullptr ? text_at(node, "name", "tests")
                                           : fmt::format("test {}", number);
  test.interval = interval_in(node.find("interval"), "interval");
  for (const YamlNode& item : items_of(node.find("input_series"), "input_series")) {
    require_keys(item, "input_series", {"series", "values"});
    const YamlNode& values = require(item, "values", "input_series");
    require_kind(values, YamlNode::Kind::scalar, "values");
    test.series.push_back({text_at(item, "series", "input_series"), values.text, values.place});
  }
  for (const YamlNode& item : items_of(node.find("alert_rule_test"), "alert_rule_test")) {
    test.alerts.push_back(alerts_in(item));
  }
  for (const YamlNode& item : items_of(node.find("promql_expr_test"), "promql_expr_test")) {
    test.samples.push_back(samples_in(item, file));
  }
  if (const YamlNode* const found = node.find("exp_notifications")) {
    test.notifications = notifications_in(*found);
  }
  return test;
}

}  // namespace

RuleTestFile read_rule_test_file(std::string_view text, const std::string& file) {
  const YamlNode root = parse_yaml(text, file);
  require_keys(root, "the file", {"rule_files", "evaluation_interval", "tests"});
  RuleTestFile read;
  for (const YamlNode& item : items_of(root.find("rule_files"), "rule_files")) {
    require_kind(item, YamlNode::Kind::scalar, "rule_files");
    read.rule_files.emplace_back(item.text, item.place);
  }
  read.evaluation_interval = interval_in(root.find("evaluation_interval"), "evaluation_interval");
  std::size_t number = 0;
  for (const YamlNode& item : items_of(&require(root, "tests", "the file"), "tests")) {
    read.tests.push_back(test_in(item, ++number, text));
  }
  return read;
}

}  // namespace pcx::alert
