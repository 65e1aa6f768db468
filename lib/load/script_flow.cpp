#include "load/script_flow.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "load/regexp.h"
#include "load/script_request.h"
#include "load/script_steps.h"
#include "load/script_tree.h"

namespace pcx::load {

namespace {

constexpr double kWeightMax = 1'000'000;

// What the template is for all users; std::nullopt when that differs from one to the next.
std::optional<Value> same_for_all(const Reading& reading, const Template& text) {
  if (const std::string* literal = text.literal()) return Value{*literal};
  const Variable* const variable = text.only_variable();
  if (variable == nullptr || reading.variables == nullptr) return std::nullopt;
  const std::string& name = reading.names.variables()[variable->slot];
  const YamlNode* const node = find_value(*reading.variables, name);
  if (node == nullptr || is_list(*node)) return std::nullopt;
  return Value::of(to_document(*node)).at(variable->path);
}

// parseInt(): the whole number that the text begins with.
std::uint32_t read_weight(Reading& reading, const YamlNode& node) {
  const auto value = same_for_all(reading, read_template(reading, node));
  if (!value) {
    reading.faults.refuse("weight_template", node.place, "a weight that differs from user to user",
                          "Artillery takes one user's value for all; write a number.");
    return 1;
  }
  const double weight = value->to_number();
  const std::string text = value->to_text();
  if (!(weight >= 0) || weight > kWeightMax) {
    reading.faults.refuse("bad_number", node.place,
                          fmt::format("{} is no weight", escape_controls(text)),
                          "Write a whole number.");
    return 1;
  }
  if (weight == 0) {
    reading.faults.fault("never_reached", node.place, "a scenario of weight 0 is never run",
                         "Remove it, or give it a weight.");
  } else if (weight != std::trunc(weight)) {
    reading.faults.fault(
        "fractional_weight", node.place,
        fmt::format("a weight of {} counts as {:.0f}", escape_controls(text), std::trunc(weight)),
        "Weights are whole: write 1 and 3 instead of 0.25 and 0.75.");
  }
  return static_cast<std::uint32_t>(weight);
}

// False: another engine's, which was refused.
bool check_engine(Reading& reading, const YamlNode& node) {
  const YamlNode* engine = find_value(node, "engine");
  if (engine == nullptr || engine->text == "http") return true;
  const auto meant = nearest(engine->text, {"http"});
  reading.faults.refuse("engine", engine->place,
                        fmt::format("pcx has no engine {}", escape_controls(engine->text)),
                        meant ? "Did you mean http?" : "pcx runs scenarios over HTTP.");
  return false;
}

// What Artillery asks of the steps of a flow, though not of those within them.
void check_flow(Reading& reading, const YamlNode& flow) {
  for (const YamlNode& step : flow.items) {
    const bool is_alone = is_map(step) && step.members.size() == 1;
    if (is_alone || (is_map(step) && step.find("loop") != nullptr)) continue;
    reading.faults.refuse("refused_by_artillery", step.place,
                          "Artillery refuses a step that is a list, or has a second key",
                          "Leave out --artillery-strict.");
  }
}

Scenario read_scenario(Reading& reading, const YamlNode& node) {
  Scenario made;
  if (!require_map(reading, node, "a scenario")) return made;
  if (const YamlNode* name = find_value(node, "name")) {
    made.name = read_text(reading, *name, "name").value_or("");
  }
  if (const YamlNode* weight = find_value(node, "weight")) {
    made.weight = read_weight(reading, *weight);
  }
  if (!check_engine(reading, node)) return made;
  for (const char* hook :
       {"beforeScenario", "afterScenario", "beforeRequest", "afterResponse", "onError"}) {
    refuse_hooks(reading, node, hook);
  }
  const YamlNode* flow = find_value(node, "flow");
  if (flow == nullptr) {
    reading.faults.refuse("scenario_without_flow", node.place, "a scenario without a flow",
                          "Add `flow:` with a list of steps.");
    return made;
  }
  if (!require_list(reading, *flow, "flow")) return made;
  if (reading.options.strict) check_flow(reading, *flow);
  read_steps(reading, *flow, made.program);
  const bool is_empty = flow->items.empty();
  if (is_empty) {
    reading.faults.fault("empty_flow", flow->place, "a flow without steps",
                         "Users of it arrive and leave at once.");
  }
  return made;
}

// All weights 0: nobody could be given a scenario.
void check_weights(Reading& reading, const YamlNode& scenarios) {
  const auto& all = reading.plan.scenarios;
  const bool has_any = std::ranges::any_of(all, [](const Scenario& s) { return s.weight > 0; });
  if (has_any || all.empty()) return;
  reading.faults.refuse("no_weight", scenarios.place, "no scenario has a weight above 0",
                        "Give one of them a weight.");
}

// Those whose name it is, or else whose name it matches as a regular expression.
std::vector<std::size_t> named(const std::vector<Scenario>& scenarios, const std::string& name) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    if (scenarios[i].name == name) found.push_back(i);
  }
  if (!found.empty()) return found;
  try {
    const Regexp pattern = Regexp::compile(name);
    for (std::size_t i = 0; i < scenarios.size(); ++i) {
      if (pattern.matches(scenarios[i].name)) found.push_back(i);
    }
  } catch (const Error&) {
    return {};  // no regular expression, and nobody's name
  }
  return found;
}

void choose_scenario(Reading& reading, const YamlNode& node) {
  if (!reading.options.scenario_name) return;
  auto& scenarios = reading.plan.scenarios;
  const auto found = named(scenarios, *reading.options.scenario_name);
  if (found.size() == 1) {
    Scenario chosen = std::move(scenarios[found.front()]);
    chosen.weight = std::max(chosen.weight, 1u);
    scenarios.clear();
    scenarios.push_back(std::move(chosen));
    return;
  }
  std::vector<std::string> names;
  for (const Scenario& scenario : scenarios) names.push_back(scenario.name);
  reading.faults.refuse(
      "scenario_name", node.place,
      fmt::format("{} has the name {}", found.empty() ? "no scenario" : "more than one scenario",
                  escape_controls(*reading.options.scenario_name)),
      fmt::format("There are {}.", escape_controls(join(names, ", "))));
}

void read_once(Reading& reading, const YamlNode& script, const char* key,
               std::optional<Scenario>& made) {
  const YamlNode* node = find_value(script, key);
  if (node != nullptr) made = read_scenario(reading, *node);
}

}  // namespace

void read_scenarios(Reading& reading, const YamlNode& script) {
  for (const char* key : {"before", "scenarios", "after"}) {
    if (const YamlNode* node = find_value(script, key)) reading.names.foresee(*node);
  }
  read_once(reading, script, "before", reading.plan.before);
  const YamlNode* scenarios = find_value(script, "scenarios");
  if (scenarios == nullptr) {
    reading.faults.refuse("no_scenarios", script.place, "the script has no scenarios",
                          "Add `scenarios:` with a list of flows.");
  } else if (require_list(reading, *scenarios, "scenarios")) {
    for (const YamlNode& node : scenarios->items) {
      reading.plan.scenarios.push_back(read_scenario(reading, node));
    }
    if (scenarios->items.empty()) {
      reading.faults.refuse("no_scenarios", scenarios->place, "the script has no scenarios",
                            "Add one to the list.");
    }
    check_weights(reading, *scenarios);
    choose_scenario(reading, *scenarios);
  }
  read_once(reading, script, "after", reading.plan.after);
}

}  // namespace pcx::load
