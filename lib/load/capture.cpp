#include "load/capture.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "load/json_text.h"
#include "load/variable_path.h"

namespace pcx::load {

namespace {

// Of a list of hits, which may hold each other: a copy of each must not fill the memory.
constexpr std::size_t kCopiedMax = 2'000'000;

// How many values a copy has; it stops counting behind `max`.
std::size_t size_of(const Document& document, std::size_t max) {
  std::size_t size = 1;
  const auto add = [&](const Document& part) {
    if (size <= max) size += size_of(part, max - size);
  };
  if (document.is_array()) {
    for (const Document& item : document.items()) add(item);
  } else if (document.is_object()) {
    for (const auto& member : document.members()) add(member.second);
  }
  return size;
}

// Apart from the tree that it was found in.
Value own(const Value& found) { return found.tree() != nullptr ? Value::of(*found.tree()) : found; }

// "" when they are too many, which is a failed capture.
Value list_of(const std::vector<Value>& found) {
  std::size_t size = 0;
  Document list = Document::array();
  for (const Value& value : found) {
    size += value.tree() != nullptr ? size_of(*value.tree(), kCopiedMax) : 1;
    if (size > kCopiedMax) return "";
    list.add(value.to_document());
  }
  return Value::of(list);
}

class Source {
 public:
  Source(const Answer& answer, Random& random) : answer_(answer), random_(random) {}

  Value operator()(const JsonCapture& capture) const {
    const std::vector<Value> found = capture.path.find(answer_.body);
    if (capture.all) {
      if (found.empty()) return "";
      if (found.size() == 1 && capture.path.is_definite()) return found.front();
      return list_of(found);
    }
    if (found.empty()) return {};
    if (capture.path.is_definite()) return found.front();
    return own(found.size() == 1 ? found.front() : found[random_.below(found.size())]);
  }

  Value operator()(const RegexpCapture& capture) const {
    return capture.regexp.find(answer_.body, capture.group).value_or("");
  }

  Value operator()(const HeaderCapture& capture) const {
    for (const auto& [name, value] : answer_.headers) {
      if (name == capture.name) return Value{value};
    }
    return "";
  }

 private:
  const Answer& answer_;
  Random& random_;
};

// Artillery: undefined and "" are failures; null, 0 and false are not.
bool is_nothing(const Value& value) {
  return value.is_undefined() || (value.text() != nullptr && value.text()->empty());
}

// lodash.set(), one step of it: a number in the path makes a list where nothing is yet.
Document with_member(Document before, const PathStep& step, Document value) {
  constexpr long kIndexMax = 10'000;  // beyond it the script means a name
  const bool is_index = step.index >= 0 && step.index <= kIndexMax;
  if (is_index && !before.is_object()) {
    Document::Array items = before.is_array() ? before.items() : Document::Array{};
    const auto index = static_cast<std::size_t>(step.index);
    if (items.size() <= index) items.resize(index + 1);
    items[index] = std::move(value);
    return items;
  }
  Document::Object members = before.is_object() ? before.members() : Document::Object{};
  const auto same = std::find_if(members.begin(), members.end(),
                                 [&](const auto& member) { return member.first == step.key; });
  if (same != members.end()) {
    same->second = std::move(value);
  } else {
    members.emplace_back(step.key, std::move(value));
  }
  return members;
}

void put(std::vector<Value>& variables, const Capture& capture, Value value) {
  Value& variable = variables[capture.as];
  if (capture.as_path.empty()) {
    variable = std::move(value);
    return;
  }
  // Rebuilt from the innermost member outwards: trees never change.
  Document inner = value.to_document();
  for (std::size_t depth = capture.as_path.size(); depth > 0; --depth) {
    const Path outer_path(capture.as_path.begin(),
                          capture.as_path.begin() + static_cast<std::ptrdiff_t>(depth - 1));
    inner = with_member(variable.at(outer_path).to_document(), capture.as_path[depth - 1],
                        std::move(inner));
  }
  variable = Value::of(inner);
}

bool has_status(const Expectation& expectation, int status, const Scope& scope) {
  return std::any_of(expectation.values.begin(), expectation.values.end(),
                     [&](const Template& value) {
                       return value.evaluate(scope).to_number() == static_cast<double>(status);
                     });
}

// Neither has a body that is no tree the property, nor has it not: Artillery fails both.
bool is_property_there(const Expectation& expectation, bool is_wanted, const Answer& answer,
                       const Scope& scope) {
  const bool is_variable = !expectation.values.empty();
  const Path path = is_variable ? parse_variable_path(expectation.values.front().render(scope))
                                : expectation.property;
  const JsonFound found = find_json(answer.body, path);
  return found.is_tree && found.value.has_value() == is_wanted;
}

bool has_content_type(const std::string& wanted, const Answer& answer) {
  const std::string type = to_lower_ascii(answer.content_type);
  if (to_lower_ascii(wanted) != "json") return type == to_lower_ascii(wanted);
  return type.find("json") != std::string::npos && find_json(answer.body, {}).is_tree;
}

// Cloudflare's, CloudFront's and Fastly's, and Vercel's.
bool is_cdn_hit(bool is_wanted, const Answer& answer) {
  constexpr std::string_view kNames[] = {"cf-cache-status", "x-cache", "x-vercel-cache"};
  return std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view name) {
    const std::string status = to_lower_ascii(answer.header(name));
    if (!is_wanted) return status.starts_with("miss");
    return status.starts_with("hit") || status.starts_with("stale");
  });
}

bool matches_regexp(const Expectation& expectation, const Answer& answer, const Scope& scope) {
  if (expectation.regexp) return expectation.regexp->matches(answer.body);
  try {
    return Regexp::compile(expectation.values.front().render(scope)).matches(answer.body);
  } catch (const Error&) {
    return false;  // what the variable holds is no expression
  }
}

// nullptr: there is no such header. With a value of "" Artillery takes it for missing.
const std::string* find_header(const Expectation& expectation, const Answer& answer,
                               const Scope& scope) {
  const std::string name = expectation.values.front().render(scope);
  const std::string wanted = expectation.any_case ? to_lower_ascii(name) : name;
  const auto found = std::find_if(answer.headers.begin(), answer.headers.end(),
                                  [&](const auto& header) { return header.first == wanted; });
  return found != answer.headers.end() && !found->second.empty() ? &found->second : nullptr;
}

}  // namespace

bool capture_all(const Request& request, const Answer& answer, const Scope& scope,
                 std::vector<Value>& variables) {
  if (request.captures.empty() && request.matches.empty()) return true;
  const Source source{answer, scope.random};
  std::vector<Value> values;
  for (const Capture& capture : request.captures) {
    values.push_back(std::visit(source, capture.from));
    if (capture.strict && is_nothing(values.back())) return false;
  }
  for (const Match& match : request.matches) {
    const std::string found = std::visit(source, match.from).to_text();
    if (match.strict && found != match.value.render(scope)) return false;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    put(variables, request.captures[i], std::move(values[i]));
  }
  return true;
}

bool is_met(const Expectation& expectation, const Answer& answer, const Scope& scope) {
  using Kind = Expectation::Kind;
  const auto& values = expectation.values;
  switch (expectation.kind) {
    case Kind::status_code: return has_status(expectation, answer.status, scope);
    case Kind::not_status_code: return !has_status(expectation, answer.status, scope);
    case Kind::content_type: return has_content_type(values.front().render(scope), answer);
    case Kind::has_header: return find_header(expectation, answer, scope) != nullptr;
    case Kind::header_equals: {
      const std::string* const value = find_header(expectation, answer, scope);
      return value != nullptr && *value == values.back().render(scope);
    }
    case Kind::has_property: return is_property_there(expectation, true, answer, scope);
    case Kind::not_has_property: return is_property_there(expectation, false, answer, scope);
    case Kind::equals:
      return std::all_of(values.begin(), values.end(), [&](const Template& value) {
        return value.render(scope) == values.front().render(scope);
      });
    case Kind::matches_regexp: return matches_regexp(expectation, answer, scope);
    case Kind::cdn_hit: return is_cdn_hit(values.front().render(scope) == "true", answer);
  }
  return false;
}

}  // namespace pcx::load
