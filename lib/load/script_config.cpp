#include "load/script_config.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "load/script_tree.h"

namespace pcx::load {

namespace {

std::vector<std::string> names_of(const YamlNode* map) {
  std::vector<std::string> names;
  if (map == nullptr) return names;
  for (const auto& member : map->members) names.push_back(member.first);
  return names;
}

// --- Environments

void refuse_environment(Reading& reading, const YamlNode& config) {
  const YamlNode* environments = config.find("environments");
  const auto names = names_of(environments);
  const auto meant = nearest(reading.options.environment, names);
  reading.faults.refuse("unknown_environment",
                        environments != nullptr ? environments->place : config.place,
                        fmt::format("the script has no environment \"{}\"",
                                    escape_controls(reading.options.environment)),
                        names.empty() ? "Leave out -e."
                        : meant       ? fmt::format("Did you mean \"{}\"?", *meant)
                                : fmt::format("It has {}.", escape_controls(join(names, ", "))));
}

// Artillery merges lists by index: an environment with one phase changes the first one and keeps
// all others.
void replace_phases(Reading& reading, YamlNode& config, const YamlNode& environment) {
  const YamlNode* theirs = environment.find("phases");
  const YamlNode* ours = config.find("phases");
  if (theirs == nullptr || ours == nullptr || reading.options.strict) return;
  if (theirs->items.size() < ours->items.size()) {
    reading.faults.differs(
        "environment_phases", theirs->place,
        fmt::format("the environment has fewer phases than the script, and Artillery would run the "
                    "script's last {} as well",
                    ours->items.size() - theirs->items.size()),
        "pcx runs the phases of the environment alone.");
  }
  set_member(config, "phases", {});
}

void lay_environment(Reading& reading, YamlNode& config) {
  const std::string& name = reading.options.environment;
  if (name.empty()) return;
  const YamlNode* environments = find_value(config, "environments");
  const YamlNode* found = environments != nullptr ? environments->find(name) : nullptr;
  if (found == nullptr) {
    if (!reading.options.strict) refuse_environment(reading, config);
    return;
  }
  const YamlNode environment = *found;
  replace_phases(reading, config, environment);
  if (is_map(environment)) merge_over(config, environment, Lists::by_index);
}

// --- The command line

void lay_payload(Reading& reading, YamlNode& config) {
  const auto& file = reading.options.payload;
  if (!file) return;
  const YamlNode* const payload = find_value(config, "payload");
  if (payload == nullptr || !is_map(*payload)) {
    return reading.faults.refuse(
        "payload_option", payload != nullptr ? payload->place : config.place,
        payload != nullptr ? "--payload is for a script with one payload, not a list of them"
                           : "--payload is for a script with a payload, which says its fields",
        "Name the file in the script: `payload: {path: ..., fields: [...]}`.");
  }
  const auto absolute = std::filesystem::absolute(*file).lexically_normal();
  set_member(map_member(config, "payload"), "path", to_node(absolute.native(), {"--payload"}));
}

void lay_command_line(Reading& reading, YamlNode& config) {
  const ScriptOptions& options = reading.options;
  lay_payload(reading, config);
  if (options.target) set_member(config, "target", to_node(*options.target, {"--target"}));
  if (!options.insecure) return;
  set_member(map_member(config, "tls"), "rejectUnauthorized", to_node(false, {"--insecure"}));
}

void lay_documents(const ScriptOptions& options, YamlNode& script) {
  if (options.overrides) {
    merge_over(script, to_node(*options.overrides, {"--overrides"}), Lists::replaced);
  }
  if (!options.variables || !options.variables->is_object()) return;
  YamlNode& variables = map_member(map_member(script, "config"), "variables");
  for (const auto& [name, value] : options.variables->members()) {
    set_member(variables, name, to_node(value, {"--variables"}));
  }
}

// --- Templates of `config`

// Knows constants and the variables of the command line, and nothing of users.
class ConfigWords final : public Vocabulary {
 public:
  explicit ConfigWords(Reading& reading) : reading_(reading) {
    values_.emplace_back();  // of everything that is not known
    const auto& variables = reading.options.variables;
    if (!variables || !variables->is_object()) return;
    for (const auto& [name, value] : variables->members()) {
      slots_[name] = static_cast<Slot>(values_.size());
      values_.push_back(Value::of(value));
    }
  }

  std::optional<std::string> constant(const std::string& name, bool has_fallback) override {
    return reading_.names.constant(name, has_fallback);
  }
  Variable variable(const std::string& name) override {
    if (const auto found = slots_.find(name); found != slots_.end()) return {found->second, {}, {}};
    reading_.faults.fault(
        "config_template", reading_.names.place(),
        fmt::format("{} is not known in config, which is rendered once, before there are users",
                    escape_controls(name)),
        "Give it with -v, or use a `set:` step for what each user has.");
    return {};
  }
  bool is_variable(const std::string& name) const override { return slots_.contains(name); }
  bool is_strict() const override { return reading_.options.strict; }
  void report(TemplateFault fault) override { reading_.names.report(std::move(fault)); }

  const std::vector<Value>& values() const { return values_; }

 private:
  Reading& reading_;
  std::map<std::string, Slot> slots_;
  std::vector<Value> values_;
};

Time beginning() { return {}; }

class Renderer {
 public:
  explicit Renderer(Reading& reading)
      : reading_(reading), words_(reading), random_(reading.options.seed) {}

  // `path` of the node in config: "http.defaults.headers".
  void render(YamlNode& node, const std::string& path) {
    const bool is_for_users = path == "http.defaults.headers" || path == "defaults.headers" ||
                              path == "http.defaults.cookie" || path == "defaults.cookie";
    if (is_for_users && !reading_.options.strict) return;
    if (path == "environments") return;
    for (YamlNode& item : node.items) render(item, path + "[]");
    for (auto& [key, value] : node.members) {
      render(value, path.empty() ? key : path + "." + key);
    }
    if (is_scalar(node) && node.text.find("{{") != std::string::npos) render_text(node);
  }

 private:
  void render_text(YamlNode& node) {
    reading_.names.stand_at(node.place);
    const Template text = read_template(node.text, words_);
    auto* const now = reading_.options.wall_now != nullptr ? reading_.options.wall_now : beginning;
    const Value value = text.evaluate({words_.values(), random_, now});
    const bool is_tree = value.tree() != nullptr;
    YamlNode made = to_node(is_tree ? value.to_document() : Document{value.to_text()}, node.place);
    made.quoted = !is_tree && value.text() != nullptr;
    node = std::move(made);
  }

  Reading& reading_;
  ConfigWords words_;
  SeededRandom random_;
};

void define_constants(Reading& reading) {
  Names& names = reading.names;
  const auto absolute = std::filesystem::absolute(reading.file).lexically_normal();
  names.define("$scenarioFile", absolute.native());
  names.define("$dirname", absolute.parent_path().native());
  names.define("$environment",
               reading.options.environment.empty() ? "undefined" : reading.options.environment);
  names.define("$testId", fmt::format("pcx-{:016x}", reading.options.seed));
}

}  // namespace

void lay_over(Reading& reading, YamlNode& script) {
  YamlNode& config = map_member(script, "config");
  lay_environment(reading, config);
  lay_command_line(reading, config);
  lay_documents(reading.options, script);
}

void render_config(Reading& reading, YamlNode& script) {
  define_constants(reading);
  YamlNode& config = map_member(script, "config");
  Renderer{reading}.render(config, "");
  if (const YamlNode* target = find_value(config, "target"); target && is_scalar(*target)) {
    reading.names.define("target", target->text);
  }
}

}  // namespace pcx::load
