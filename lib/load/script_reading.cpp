#include "load/script_reading.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/javascript.h"
#include "core/json.h"
#include "core/text.h"
#include "load/script_tree.h"

namespace pcx::load {

namespace {

using Kind = YamlNode::Kind;

void refuse_type(Reading& reading, const YamlNode& node, std::string_view what,
                 std::string_view wanted) {
  reading.faults.refuse("wrong_type", node.place, fmt::format("{} is not {}", what, wanted),
                        fmt::format("Write {} here.", wanted));
}

// js-yaml makes something of it that hardly anybody means.
void check_surprise(Reading& reading, const YamlNode& node) {
  switch (surprise_of(node)) {
    case Surprise::none: return;
    case Surprise::date:
      return reading.faults.differs(
          "yaml_date", node.place,
          fmt::format("{} without quotes is an instant for Artillery, which sends it with its time",
                      escape_controls(node.text)),
          "pcx sends what is written. Put it in quotes.");
    case Surprise::base_60:
      return reading.faults.differs(
          "yaml_base_60", node.place,
          fmt::format("{} without quotes is a number to the base 60 for Artillery",
                      escape_controls(node.text)),
          "pcx sends what is written. Put it in quotes.");
    case Surprise::octal:
      return reading.faults.fault(
          "yaml_octal", node.place,
          fmt::format("{} without quotes is a number to the base 8", escape_controls(node.text)),
          "Put it in quotes, or write it without leading zeros.");
  }
}

std::string scalar_text(Reading& reading, const YamlNode& node) {
  if (node.quoted) return node.text;
  check_surprise(reading, node);
  return Value::of(scalar_of(node)).to_text();
}

}  // namespace

const YamlNode* find_value(const YamlNode& map, std::string_view key) {
  const YamlNode* found = map.find(key);
  return found == nullptr || found->kind == Kind::null ? nullptr : found;
}

const Location& place_of_key(const YamlNode& map, std::string_view key) {
  const auto found =
      std::ranges::find_if(map.members, [key](const auto& member) { return member.first == key; });
  if (found == map.members.end()) return map.place;
  return map.key_places[static_cast<std::size_t>(found - map.members.begin())];
}

bool is_list(const YamlNode& node) { return node.kind == Kind::list; }
bool is_map(const YamlNode& node) { return node.kind == Kind::map; }
bool is_scalar(const YamlNode& node) { return node.kind == Kind::scalar; }

bool require_map(Reading& reading, const YamlNode& node, std::string_view what) {
  if (is_map(node)) return true;
  refuse_type(reading, node, what, "a map");
  return false;
}

bool require_list(Reading& reading, const YamlNode& node, std::string_view what) {
  if (is_list(node)) return true;
  refuse_type(reading, node, what, "a list");
  return false;
}

std::optional<std::string> read_text(Reading& reading, const YamlNode& node,
                                     std::string_view what) {
  if (is_scalar(node)) return scalar_text(reading, node);
  refuse_type(reading, node, what, "a text");
  return std::nullopt;
}

std::optional<double> read_number(Reading& reading, const YamlNode& node, std::string_view what) {
  if (is_scalar(node) && !trim(node.text).empty()) {
    const double number = Value::of(scalar_of(node)).to_number();
    if (std::isfinite(number)) return number;
  }
  refuse_type(reading, node, what, "a number");
  return std::nullopt;
}

std::optional<bool> read_flag(Reading& reading, const YamlNode& node, std::string_view what) {
  if (is_scalar(node) && (node.text == "true" || node.text == "false")) return node.text == "true";
  refuse_type(reading, node, what, "true or false");
  return std::nullopt;
}

std::vector<const YamlNode*> read_items(const YamlNode& node) {
  std::vector<const YamlNode*> items;
  if (!is_list(node)) return {&node};
  for (const YamlNode& item : node.items) items.push_back(&item);
  return items;
}

Template read_template(Reading& reading, const std::string& text, const Location& place) {
  reading.names.stand_at(place);
  return read_template(text, reading.names);
}

Template read_template(Reading& reading, const YamlNode& node) {
  if (node.kind == Kind::null) return {};
  const std::string text =
      is_scalar(node) ? scalar_text(reading, node) : to_json(to_document(node));
  return read_template(reading, text, node.place);
}

std::vector<std::pair<std::string, Template>> read_templates(Reading& reading, const YamlNode& map,
                                                             std::string_view what) {
  std::vector<std::pair<std::string, Template>> made;
  if (!require_map(reading, map, what)) return made;
  for (const auto& [key, value] : map.members) {
    made.emplace_back(key, read_template(reading, value));
  }
  return made;
}

void set_header(std::vector<HeaderTemplate>& headers, const std::string& name, Template value) {
  std::string lower = to_lower_ascii(name);
  const auto found = std::ranges::find(headers, lower, &HeaderTemplate::name);
  if (found != headers.end()) {
    found->value = std::move(value);
  } else {
    headers.push_back({std::move(lower), std::move(value)});
  }
}

std::optional<Expression> read_expression(Reading& reading, const YamlNode& node) {
  const auto text = read_text(reading, node, "a condition");
  if (!text) return std::nullopt;
  Names& names = reading.names;
  names.stand_at(node.place);
  Location start = node.place;
  if (node.quoted) ++start.column;
  const auto number_of = [&names](std::string_view name) {
    names.use(std::string{name});
    return static_cast<std::size_t>(names.slot(std::string{name}));
  };
  const auto is_known = [&names](std::string_view name) {
    const auto known = names.known().find(std::string{name});
    return known != names.known().end() || names.is_foreseen(std::string{name});
  };
  auto made = Expression::parse(*text, start, number_of, is_known);
  if (made.is_extended()) {
    if (reading.options.strict) {
      throw Error{ErrorCode::data, "Artillery knows no JavaScript in conditions",
                  "Write and, or, not, == and !=."}
          .at(start);
    }
    reading.faults.differs(
        "javascript_operator", node.place,
        "the condition is written as JavaScript, which Artillery cannot read: it runs the request "
        "always",
        "pcx does what is written. Artillery knows and, or, not, == and !=.");
  }
  return made;
}

}  // namespace pcx::load
