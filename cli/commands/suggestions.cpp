#include "cli/commands/suggestions.h"

#include "cli/resolve.h"
#include "cli/table.h"
#include "cli/topics.h"

namespace pcx::cli {

std::vector<Suggestion> suggest_commands(const SuggestionTools&) {
  std::vector<Suggestion> suggestions;
  for (const Cmd& command : commands()) {
    if (!command.hidden)
      suggestions.push_back({std::string{command.path}, std::string{command.summary}});
  }
  return suggestions;
}

std::vector<Suggestion> suggest_config_keys(const SuggestionTools&) {
  std::vector<Suggestion> suggestions;
  for (const ConfigKey& key : known_config_keys()) {
    suggestions.push_back({std::string{key.path}, std::string{key.help}});
  }
  return suggestions;
}

std::vector<Suggestion> suggest_topics(const SuggestionTools&) {
  std::vector<Suggestion> suggestions;
  for (const Cmd* command : visible_members_of(root_command())) {
    suggestions.push_back({std::string{command->path}, std::string{command->summary}});
  }
  for (const Topic& topic : topics()) {
    suggestions.push_back({std::string{topic.name}, std::string{topic.summary}});
  }
  return suggestions;
}

}  // namespace pcx::cli
