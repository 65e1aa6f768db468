// Suggestions for Tab, one function a source.
#pragma once

#include <vector>

#include "cli/commands.h"

namespace pcx::cli {

// Names of alerts that are pending or fire.
std::vector<Suggestion> suggest_alerts(const SuggestionTools& tools);
// Names of the configuration's receivers.
std::vector<Suggestion> suggest_alert_receivers(const SuggestionTools& tools);
// Ids of silences that have not ended.
std::vector<Suggestion> suggest_alert_silences(const SuggestionTools& tools);
// Names of rules, of --rules or those of pcx.
std::vector<Suggestion> suggest_alert_rules(const SuggestionTools& tools);
// Ids of API keys that are not revoked, by age.
std::vector<Suggestion> suggest_apikeys(const SuggestionTools& tools);
std::vector<Suggestion> suggest_commands(const SuggestionTools& tools);  // paths of all commands
std::vector<Suggestion> suggest_config_keys(const SuggestionTools& tools);
// What the values of registered fields are bound to, else of those of the built-in profile.
std::vector<Suggestion> suggest_fields(const SuggestionTools& tools);
// Ids of the keyring's data keys and key-encryption keys; the newest first.
std::vector<Suggestion> suggest_keys(const SuggestionTools& tools);
std::vector<Suggestion> suggest_keks(const SuggestionTools& tools);
// Names of KPIs, those of the operator's own definitions among them.
std::vector<Suggestion> suggest_kpis(const SuggestionTools& tools);
// Of the load test scripts on the line: names of their environments, and of their scenarios.
std::vector<Suggestion> suggest_load_environments(const SuggestionTools& tools);
std::vector<Suggestion> suggest_load_scenarios(const SuggestionTools& tools);
// Of the folder that PCX_MIGRATE_DIR names, or the default one.
std::vector<Suggestion> suggest_migrations(const SuggestionTools& tools);
std::vector<Suggestion> suggest_topics(
    const SuggestionTools& tools);  // and first words of commands

}  // namespace pcx::cli
