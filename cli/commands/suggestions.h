// Suggestions for Tab that need no database.
#pragma once

#include <vector>

#include "cli/commands.h"

namespace pcx::cli {

std::vector<Suggestion> suggest_commands(const SuggestionTools& tools);  // paths of all commands
std::vector<Suggestion> suggest_config_keys(const SuggestionTools& tools);
std::vector<Suggestion> suggest_topics(
    const SuggestionTools& tools);  // and first words of commands

}  // namespace pcx::cli
