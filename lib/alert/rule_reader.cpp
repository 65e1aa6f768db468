// Rule files: groups, their rules, and what is refused of them.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "alert/rule.h"
#include "alert/rule_extensions.h"
#include "alert/rule_fields.h"
#include "alert/template.h"
#include "core/text.h"
#include "core/yaml_place.h"
#include "core/yaml_tree.h"

namespace pcx::alert {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kFileKeys[] = {"groups"};
constexpr std::string_view kGroupKeys[] = {"name", "interval", "limit", "rules"};
constexpr std::string_view kRuleKeys[] = {"alert",           "record", "expr",       "for",
                                          "keep_firing_for", "labels", "annotations"};
constexpr YamlLimits kLimits{.bytes_max = kRuleFileBytesMax, .depth_max = 10, .nodes_max = 100'000};

std::string place_in_words(const Location& place) {
  return fmt::format("The first one is at {}.", to_string(place));
}

class RuleReader {
 public:
  RuleReader(std::string_view text, const std::string& default_zone, std::vector<Rule> rules)
      : text_(text), source_{text, default_zone}, rules_(std::move(rules)) {
    for (const Rule& rule : rules_) check_once(rule);
  }

  std::vector<Rule> read(const YamlNode& root) {
    if (root.kind == YamlNode::Kind::null) return std::move(rules_);
    for (const YamlNode& group : RuleFields{"the file", root, kFileKeys}.list("groups")) {
      read_group(group);
    }
    return std::move(rules_);
  }

 private:
  void read_group(const YamlNode& node) {
    RuleFields fields{"group", node, kGroupKeys};
    const std::string name = fields.text("name");
    if (name.empty()) refuse_at("group has no name", fields.place_of("name"));
    if (name.find('\0') != std::string::npos) {
      refuse_at("the name of a group has a character of code 0", fields.place_of("name"));
    }
    fields.set_noun("group " + in_quotes(name));
    if (!group_names_.insert(name).second) {
      refuse_at(fmt::format("{} is there twice", fields.noun()), fields.find("name")->place);
    }
    if (fields.find("limit") != nullptr) {
      refuse_at(fmt::format("{} has a limit, which pcx does not know", fields.noun()),
                fields.place_of("limit"), "Remove it.");
    }
    const auto interval = fields.duration("interval");
    for (const YamlNode& rule : fields.list("rules")) read_rule(name, interval, rule);
  }

  void read_rule(const std::string& group, std::optional<std::chrono::milliseconds> interval,
                 const YamlNode& node) {
    RuleFields fields{"rule of group " + in_quotes(group), node, kRuleKeys};
    check_kind(fields);
    Rule rule;
    rule.group = group;
    rule.alert = fields.text("alert");
    rule.expression = expression_of(fields);
    rule.place = fields.place();
    rule.hold = fields.duration("for").value_or(rule.hold);
    rule.keep_firing_for = fields.duration("keep_firing_for").value_or(rule.keep_firing_for);
    if (interval && interval->count() != 0) rule.interval = *interval;
    read_labels(rule, fields);
    read_annotations(rule, fields);
    check_once(rule);
    rules_.push_back(std::move(rule));
  }

  static void check_kind(RuleFields& fields) {
    if (fields.find("record") != nullptr) {
      refuse_at(fmt::format("{} is a recording rule, which pcx does not know", fields.noun()),
                fields.place_of("record"), "Alerting rules have the key alert.");
    }
    const std::string alert = fields.text("alert");
    if (alert.empty()) refuse_at(fields.noun() + " has no alert", fields.place_of("alert"));
    if (alert.find('\0') != std::string::npos) {
      refuse_at("the name of an alert has a character of code 0", fields.place_of("alert"));
    }
    fields.set_noun("rule " + in_quotes(alert));
  }

  Expression expression_of(const RuleFields& fields) const {
    const YamlNode* const node = fields.find("expr");
    const std::string text = fields.text("expr");
    if (text.empty()) refuse_at(fields.noun() + " has no expr", fields.place_of("expr"));
    return at_value(text_, *node,
                    [&](const Location& place) { return Expression::parse(text, place); });
  }

  void read_labels(Rule& rule, const RuleFields& fields) const {
    for (const TextMember& label : fields.texts("labels")) {
      if (!is_label_name(label.name) || label.name == "__name__") {
        refuse_at(fmt::format("{} has a label {}, which is no label's name", fields.noun(),
                              in_quotes(label.name)),
                  label.place);
      }
      check_text(label);
      check_template(label);
      if (label.name == "severity") check_severity(label, fields.noun());
      // Prometheus sets alertname after the rule's labels; no value is no label.
      if (label.name == "alertname" || label.value.text.empty()) continue;
      rule.labels[label.name] = label.value.text;
    }
  }

  void read_annotations(Rule& rule, const RuleFields& fields) const {
    for (const TextMember& annotation : fields.texts("annotations")) {
      if (!is_label_name(annotation.name)) {
        refuse_at(fmt::format("{} has an annotation {}, which is no annotation's name",
                              fields.noun(), in_quotes(annotation.name)),
                  annotation.place);
      }
      if (annotation.name.starts_with(kExtensionPrefix)) {
        set_extension(rule, annotation, source_);
        continue;
      }
      check_text(annotation);
      check_template(annotation);
      if (!annotation.value.text.empty()) rule.annotations[annotation.name] = annotation.value.text;
    }
  }

  // PostgreSQL's texts have none, so a label with one would be another one in the next run.
  static void check_text(const TextMember& member) {
    if (member.value.text.find('\0') == std::string::npos) return;
    refuse_at(fmt::format("{} has a character of code 0", in_quotes(member.name)),
              member.value.place);
  }

  void check_template(const TextMember& member) const {
    at_value(text_, member.value,
             [&](const Location& place) { return Template::parse(member.value.text, place); });
  }

  static void check_severity(const TextMember& label, const std::string& noun) {
    const std::string& word = label.value.text;
    if (word.empty() || is_template(word) || parse_severity(word)) return;
    refuse_at(fmt::format("severity of {} cannot be {}", noun, in_quotes(word)), label.value.place,
              suggestion_for(word, {"info", "warning", "error", "critical"}));
  }

  void check_once(const Rule& rule) {
    const auto [same_id, is_new_id] = ids_.emplace(rule.id(), rule.place);
    if (!is_new_id) {
      refuse_at(fmt::format("rule {} is there twice", in_quotes(rule.id())), rule.place,
                place_in_words(same_id->second) +
                    "\nRules of one group may share a name when their severities differ.");
    }
    const auto [same, is_new] = label_sets_.emplace(std::pair{rule.alert, rule.labels}, rule.place);
    if (is_new) return;
    refuse_at(fmt::format("rule {} has the name and labels of another one", in_quotes(rule.id())),
              rule.place, place_in_words(same->second));
  }

  std::string_view text_;
  ExtensionSource source_;
  std::vector<Rule> rules_;
  std::set<std::string> group_names_;
  std::map<std::string, Location> ids_;
  std::map<std::pair<std::string, Labels>, Location> label_sets_;
};

}  // namespace

void read_rules(std::string_view text, const std::string& file, const std::string& default_zone,
                std::vector<Rule>& rules) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const YamlNode root = parse_yaml(text, file, kLimits);
  rules = RuleReader{text, default_zone, rules}.read(root);
}

void read_rules(const EmbeddedFile& file, const std::string& default_zone,
                std::vector<Rule>& rules) {
  rules = RuleReader{file.bytes, default_zone, rules}.read(parse_yaml(file));
}

}  // namespace pcx::alert
