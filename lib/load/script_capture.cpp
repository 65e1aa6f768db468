#include "load/script_capture.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/text.h"
#include "load/regexp.h"
#include "load/script_tree.h"
#include "load/variable_path.h"

namespace pcx::load {

namespace {

using Kind = Expectation::Kind;
using From = std::variant<JsonCapture, RegexpCapture, HeaderCapture>;

struct CheckName {
  std::string_view name;
  Kind kind;
};
constexpr CheckName kChecks[] = {
    {"statusCode", Kind::status_code},          {"notStatusCode", Kind::not_status_code},
    {"contentType", Kind::content_type},        {"hasHeader", Kind::has_header},
    {"headerEquals", Kind::header_equals},      {"hasProperty", Kind::has_property},
    {"notHasProperty", Kind::not_has_property}, {"equals", Kind::equals},
    {"matchesRegexp", Kind::matches_regexp},    {"cdnHit", Kind::cdn_hit},
};

// --- Where a value comes from

std::optional<From> json_source(Reading& reading, const YamlNode& spec, const YamlNode& node) {
  const auto text = read_text(reading, node, "json");
  if (!text) return std::nullopt;
  if (text->find("{{") != std::string::npos) {
    reading.faults.refuse("capture_template", node.place, "a JSONPath with a variable in it",
                          "Capture the list, and take an element of it: {{ list[0].id }}.");
    return std::nullopt;
  }
  JsonCapture made;
  try {
    made.path = JsonPath::parse(*text);
  } catch (const Error& error) {
    reading.faults.refuse("json_path", node.place, error.what(), error.hint());
    return std::nullopt;
  }
  const YamlNode* multiple = find_value(spec, "multiple");
  made.all = multiple != nullptr && multiple->text == "false";
  return made;
}

std::optional<From> regexp_source(Reading& reading, const YamlNode& spec, const YamlNode& node) {
  const std::string pattern = read_text(reading, node, "regexp").value_or("");
  const YamlNode* const flags = find_value(spec, "flags");
  const YamlNode* const group = find_value(spec, "group");
  try {
    return RegexpCapture{Regexp::compile(pattern, flags != nullptr ? flags->text : ""),
                         group != nullptr ? group->text : ""};
  } catch (const Error& error) {
    reading.faults.refuse("regexp", node.place, error.what(),
                          "Put it in single quotes, so that backslashes stay as they are.");
    return std::nullopt;
  }
}

std::optional<From> header_source(Reading& reading, const YamlNode& node) {
  const std::string name = read_text(reading, node, "header").value_or("");
  const std::string lower = to_lower_ascii(name);
  if (lower != name) {
    const std::string message =
        fmt::format("Artillery finds no header by the name {}, since its names are in lower case",
                    escape_controls(name));
    if (reading.options.strict) {
      reading.faults.fault("header_case", node.place, message, "Write it in lower case.");
      return HeaderCapture{name};
    }
    reading.faults.differs("header_case", node.place, message, "pcx does not look at case.");
  }
  return HeaderCapture{lower};
}

std::optional<From> read_source(Reading& reading, const YamlNode& spec) {
  if (const YamlNode* json = find_value(spec, "json")) return json_source(reading, spec, *json);
  if (const YamlNode* regexp = find_value(spec, "regexp")) {
    return regexp_source(reading, spec, *regexp);
  }
  if (const YamlNode* header = find_value(spec, "header")) return header_source(reading, *header);
  for (const char* key : {"selector", "xpath", "jmespath"}) {
    if (find_value(spec, key) == nullptr) continue;
    reading.faults.refuse("capture_kind", place_of_key(spec, key),
                          fmt::format("pcx does not capture by {}", key),
                          "It captures by json, regexp and header; a regexp can read HTML, too.");
    return std::nullopt;
  }
  reading.faults.refuse("capture_without_source", spec.place, "a capture that says not from where",
                        "Add `json:`, `regexp:` or `header:`.");
  return std::nullopt;
}

bool read_strict(Reading& reading, const YamlNode& spec, bool otherwise) {
  const YamlNode* strict = find_value(spec, "strict");
  return strict != nullptr ? read_flag(reading, *strict, "strict").value_or(otherwise) : otherwise;
}

void read_capture(Reading& reading, const YamlNode& spec, Request& request) {
  if (!require_map(reading, spec, "a capture")) return;
  const YamlNode* as = find_value(spec, "as");
  const auto name = as != nullptr ? read_text(reading, *as, "as") : std::nullopt;
  if (!name || name->empty()) {
    return reading.faults.refuse("capture_without_name", spec.place,
                                 "a capture without `as`: nobody can use it", "Add `as: name`.");
  }
  if (name->find("{{") != std::string::npos) {
    return reading.faults.fault("capture_name", as->place, "`as` is a name, not a template",
                                "Leave out the braces.");
  }
  reading.names.set(*name, NameOrigin::capture, as->place);
  auto source = read_source(reading, spec);
  if (!source) return;
  Capture made{*std::move(source)};
  Path path = parse_variable_path(*name);
  made.as = reading.names.slot(path.front().key);
  path.erase(path.begin());
  made.as_path = std::move(path);
  made.strict = read_strict(reading, spec, reading.strict_capture);
  request.captures.push_back(std::move(made));
}

// --- Expectations

void check_status(Reading& reading, const YamlNode& node) {
  for (const YamlNode* item : read_items(node)) {
    if (item->text.find("{{") != std::string::npos) continue;
    const double code = Value::of(scalar_of(*item)).to_number();
    const bool is_code = is_scalar(*item) && code >= 100 && code <= 599 && code == std::trunc(code);
    if (is_code) continue;
    reading.faults.fault(
        "status_code", item->place,
        fmt::format("{} is no status code",
                    is_scalar(*item) ? escape_controls(item->text) : std::string{"this"}),
        "Write a number from 100 to 599, or a list: [200, 201].");
  }
}

void read_property(Reading& reading, const YamlNode& node, Expectation& made) {
  Template text = read_template(reading, node);
  const std::string* literal = text.literal();
  if (literal == nullptr) {
    made.values.push_back(std::move(text));
    return;
  }
  if (literal->starts_with('$')) {
    reading.faults.fault(
        "property_path", node.place,
        fmt::format("{} is a JSONPath; a property is named without $", escape_controls(*literal)),
        fmt::format("Write {}.",
                    escape_controls(literal->substr(std::min<std::size_t>(2, literal->size())))));
  }
  made.property = parse_variable_path(*literal);
}

void check_values(Reading& reading, const YamlNode& node, Expectation& made) {
  if (made.kind == Kind::status_code || made.kind == Kind::not_status_code) {
    return check_status(reading, node);
  }
  const bool has_header = made.kind == Kind::has_header || made.kind == Kind::header_equals;
  made.any_case = !reading.options.strict;
  if (has_header && !made.values.empty()) {
    made.header = read_items(node).front()->text;
    const std::string* const literal = made.values[0].literal();
    if (literal != nullptr && made.any_case) made.values[0] = Template{{to_lower_ascii(*literal)}};
  }
  const std::size_t wanted = made.kind == Kind::header_equals || made.kind == Kind::equals ? 2 : 1;
  if (made.values.size() < wanted) {
    return reading.faults.fault("expectation_values", node.place,
                                fmt::format("{} wants {} values", to_string(made.kind), wanted),
                                "Write them as a list: [a, b].");
  }
  const bool is_literal = made.values[0].literal() != nullptr;
  if (made.kind != Kind::matches_regexp || !is_literal) return;
  try {
    made.regexp = Regexp::compile(*made.values[0].literal());
  } catch (const Error& error) {
    reading.faults.refuse("regexp", node.place, error.what(),
                          "Put it in single quotes, so that backslashes stay as they are.");
  }
}

void unknown_expectation(Reading& reading, const std::string& name, const Location& place) {
  if (name == "jmespath" || name == "jpath") {
    return reading.faults.refuse("capture_kind", place,
                                 fmt::format("pcx has no {}", escape_controls(name)),
                                 "Use hasProperty, or a `check:` step behind a capture.");
  }
  std::vector<std::string> known;
  for (const CheckName& check : kChecks) known.emplace_back(check.name);
  const auto meant = nearest(name, known);
  const bool is_time = name.find("esponseTime") != std::string::npos;
  std::string hint = "Nothing is checked by it. Expectations are " + join(known, ", ") + ".";
  if (meant) hint = fmt::format("Did you mean {}? As it is, nothing is checked.", *meant);
  if (is_time) {
    hint =
        "Nothing is checked by it. Times are judged at the end: `ensure: {thresholds: "
        "[{http.response_time.p95: 200}]}`.";
  }
  reading.faults.fault(is_time ? "expect_response_time" : "unknown_expectation", place,
                       fmt::format("there is no expectation {}", escape_controls(name)),
                       std::move(hint));
}

void read_expectation(Reading& reading, const std::string& name, const YamlNode& node,
                      const Location& place, Request& request) {
  const auto* check = std::ranges::find(kChecks, name, &CheckName::name);
  if (check == std::end(kChecks)) return unknown_expectation(reading, name, place);
  Expectation made{check->kind};
  made.place = place;
  if (made.kind == Kind::has_property || made.kind == Kind::not_has_property) {
    read_property(reading, node, made);
  } else {
    for (const YamlNode* item : read_items(node)) {
      made.values.push_back(read_template(reading, *item));
    }
    check_values(reading, node, made);
  }
  request.expectations.push_back(std::move(made));
}

void note_plugin(Reading& reading, const YamlNode& node) {
  if (!reading.has_expect_plugin) {
    reading.faults.differs("expect_without_plugin", node.place,
                           "Artillery checks no expectation unless config.plugins has `expect: {}`",
                           "pcx checks them.");
  }
}

}  // namespace

std::vector<std::string_view> check_names() {
  std::vector<std::string_view> names;
  for (const CheckName& check : kChecks) names.push_back(check.name);
  return names;
}

void read_captures(Reading& reading, const YamlNode& node, Request& request) {
  for (const YamlNode* spec : read_items(node)) read_capture(reading, *spec, request);
}

void read_matches(Reading& reading, const YamlNode& node, Request& request) {
  for (const YamlNode* spec : read_items(node)) {
    if (!require_map(reading, *spec, "a match")) continue;
    auto source = read_source(reading, *spec);
    const YamlNode* value = spec->find("value");
    if (value == nullptr) {
      reading.faults.fault("match_without_value", spec->place, "a match without a value",
                           "Add `value:` with what it has to be.");
    }
    if (!source || value == nullptr) continue;
    request.matches.push_back(
        {*std::move(source), read_template(reading, *value), read_strict(reading, *spec, true)});
  }
}

void read_expectations(Reading& reading, const YamlNode* node, Request& request) {
  if (node != nullptr && (is_map(*node) || is_list(*node))) {
    note_plugin(reading, *node);
    for (const YamlNode* spec : read_items(*node)) {
      if (!require_map(reading, *spec, "an expectation")) continue;
      for (std::size_t i = 0; i < spec->members.size(); ++i) {
        const auto& [name, value] = spec->members[i];
        read_expectation(reading, name, value, spec->key_places[i], request);
      }
    }
  } else if (node != nullptr) {
    require_map(reading, *node, "expect");
  }
  if (request.expectations.empty() && reading.expects_200) {
    request.expectations.push_back({.kind = Kind::status_code,
                                    .values = {Template{{std::string{"200"}}}},
                                    .place = request.place});
  }
  if (!reading.has_expect_plugin && reading.options.strict) request.expectations.clear();
}

}  // namespace pcx::load
