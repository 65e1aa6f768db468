#include "load/script_names.h"

#include <fmt/format.h>

#include "core/text.h"
#include "load/variable_path.h"

namespace pcx::load {

namespace {

using Kind = TemplateFault::Kind;

// "FOO" of "$env.FOO" and "$processEnvironment.FOO".
std::optional<std::string> environment_name(const std::string& name) {
  for (const std::string_view prefix : {"$env.", "$processEnvironment."}) {
    if (name.starts_with(prefix)) return name.substr(prefix.size());
  }
  const Path path = parse_variable_path(name);
  const bool is_environment =
      path.size() == 2 && (path[0].key == "$env" || path[0].key == "$processEnvironment");
  return is_environment ? std::optional{path[1].key} : std::nullopt;
}

}  // namespace

void Names::define(const std::string& name, std::string value) {
  constants_[name] = std::move(value);
}

void Names::set(const std::string& name, NameOrigin origin, const Location& place) {
  const std::string root = origin == NameOrigin::capture || origin == NameOrigin::step
                               ? parse_variable_path(name).front().key
                               : name;
  known_.try_emplace(root, Known{origin, place});
}

void Names::foresee(const YamlNode& flow) {
  for (const YamlNode& item : flow.items) foresee(item);
  for (const auto& [key, value] : flow.members) {
    const bool gives = key == "as" || key == "loopValue" || key == "loopElement";
    if (gives && value.kind == YamlNode::Kind::scalar) {
      foreseen_.insert(parse_variable_path(value.text).front().key);
    } else if (key == "loop") {
      foreseen_.insert({"$loopCount", "$loopElement"});
    } else if (key == "set") {
      for (const auto& member : value.members) {
        foreseen_.insert(parse_variable_path(member.first).front().key);
      }
    }
    foresee(value);
  }
}

Slot Names::slot(const std::string& name) {
  const auto [place, is_new] = slots_.try_emplace(name, static_cast<Slot>(variables_.size()));
  if (is_new) variables_.push_back(name);
  return place->second;
}

std::string Names::root_of(const std::string& name) const {
  const bool is_whole = known_.contains(name) || foreseen_.contains(name);
  return is_whole ? name : parse_variable_path(name).front().key;
}

void Names::use(const std::string& name) { uses_.try_emplace(root_of(name), place_); }

std::optional<std::string> Names::from_environment(const std::string& variable) const {
  if (auto value = environment_.get(variable)) return value;
  const auto found = options_.dotenv.find(variable);
  return found != options_.dotenv.end() ? std::optional{found->second} : std::nullopt;
}

std::optional<std::string> Names::constant(const std::string& name, bool has_fallback) {
  if (is_variable(name)) return std::nullopt;
  if (const auto found = constants_.find(name); found != constants_.end()) return found->second;
  const auto variable = environment_name(name);
  if (!variable) return std::nullopt;
  auto value = from_environment(*variable);
  from_outside_[*variable] = value;
  if (value) return value;
  if (has_fallback) return "";
  faults_.fault(
      "environment_not_set", place_,
      fmt::format("the environment variable {} is not set", escape_controls(*variable)),
      fmt::format("Set it, pass it with --dotenv, or write {{{{ {} || 'default' }}}}; as it "
                  "is, \"undefined\" is sent.",
                  escape_controls(name)));
  return "undefined";
}

Variable Names::variable(const std::string& name) {
  use(name);
  const std::string root = root_of(name);
  Variable made{slot(root), {}, {}};
  if (root != name) {
    made.path = parse_variable_path(name);
    made.path.erase(made.path.begin());
  }
  return made;
}

bool Names::is_variable(const std::string& name) const {
  const std::string root = root_of(name);
  return known_.contains(root) || foreseen_.contains(root);
}

void Names::report(TemplateFault fault) {
  const std::string what = escape_controls(fault.what);
  switch (fault.kind) {
    case Kind::unclosed:
      return faults_.fault("unclosed_template", place_, fmt::format("{} is never closed", what),
                           "A template is {{ name }}; as it is, the braces are sent.");
    case Kind::syntax:
      return faults_.fault("template_syntax", place_,
                           fmt::format("{} is neither a name nor a function", what),
                           "Templates have no operators and no filters; as it is, the braces are "
                           "sent. A `set:` step can prepare the value.");
    case Kind::nothing:
      return faults_.fault("template_syntax", place_, fmt::format("{} names nothing", what),
                           "As it is, \"undefined\" is sent.");
    case Kind::unknown_function: {
      std::string hint = fault.suggestion.empty()
                             ? "`pcx help artillery` lists the functions."
                             : fmt::format("Did you mean {}?", fault.suggestion);
      if (fault.is_strict) {
        return faults_.fault("unknown_function", place_,
                             fmt::format("there is no function {}", what), std::move(hint));
      }
      return faults_.refuse("unknown_function", place_,
                            fmt::format("there is no function {}", what), std::move(hint));
    }
    case Kind::arguments:
      return faults_.refuse("function_arguments", place_,
                            fmt::format("{} has too few or too many arguments", what),
                            "`pcx help artillery` lists the functions with their arguments.");
    case Kind::no_artillery_form:
      return faults_.differs("pcx_function", place_,
                             fmt::format("{} is pcx's own; Artillery sends \"undefined\"", what),
                             "Nothing to do, as long as pcx runs the script.");
  }
}

}  // namespace pcx::load
