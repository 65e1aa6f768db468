// What Tab offers of a load test script, as it is written.
#include <filesystem>

#include "cli/commands/suggestions.h"
#include "core/file.h"
#include "core/yaml.h"

namespace pcx::cli {

namespace {

constexpr std::size_t kScriptBytesMax = std::size_t{1} << 20;  // Tab does not wait for more

std::vector<YamlNode> scripts_on(const SuggestionTools& tools) {
  std::vector<YamlNode> scripts;
  for (const std::string& file : tools.arguments) {
    if (!std::filesystem::is_regular_file(file)) continue;  // a pipe would have to end first
    scripts.push_back(parse_yaml(read_file(file, kScriptBytesMax), file));
  }
  return scripts;
}

}  // namespace

std::vector<Suggestion> suggest_load_environments(const SuggestionTools& tools) {
  std::vector<Suggestion> suggestions;
  for (const YamlNode& script : scripts_on(tools)) {
    const YamlNode* const config = script.find("config");
    const YamlNode* const all = config != nullptr ? config->find("environments") : nullptr;
    if (all == nullptr) continue;
    for (const auto& [name, environment] : all->members) {
      const YamlNode* const target = environment.find("target");
      suggestions.push_back({name, target != nullptr ? target->text : ""});
    }
  }
  return suggestions;
}

std::vector<Suggestion> suggest_load_scenarios(const SuggestionTools& tools) {
  std::vector<Suggestion> suggestions;
  for (const YamlNode& script : scripts_on(tools)) {
    const YamlNode* const all = script.find("scenarios");
    if (all == nullptr) continue;
    for (const YamlNode& scenario : all->items) {
      const YamlNode* const name = scenario.find("name");
      if (name != nullptr) suggestions.push_back({name->text, {}});
    }
  }
  return suggestions;
}

}  // namespace pcx::cli
