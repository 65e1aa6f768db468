// What Tab offers of alerts: rules, receivers, what is pending or fires, silences.
#include <set>

#include "cli/commands/alert_tools.h"
#include "cli/commands/suggestions.h"
#include "cli/resolve.h"
#include "cli/target.h"
#include "core/clock.h"
#include "core/error.h"
#include "db/schema.h"

namespace pcx::cli {

namespace {

// Completion runs without a configuration: a broken one means that there is nothing to offer.
Config config_of(const SuggestionTools& tools) {
  std::optional<std::string> flag;
  for (const auto& [given, text] : tools.given) {
    if (given->name == "--config") flag = text;
  }
  const auto path = find_config_file(flag, tools.environment);
  return path.empty() ? Config{} : read_config(path, known_config_keys());
}

// As commands see it: typed, from the environment, else from the file.
std::optional<std::string> setting_of(const Opt& option, const SuggestionTools& tools,
                                      const Config& config) {
  const std::string value = value_of(option, tools);
  return value.empty() ? config.text(option.config_key) : value;
}

// The option --database-url, likewise.
Values::Entry database_url(const SuggestionTools& tools, const Config& config) {
  Values::Entry url{.name = "--database-url"};
  for (const auto& [option, entry] : resolve_settings(tools.environment, config)) {
    if (option->name == url.name) url = entry;
  }
  for (const auto& [given, text] : tools.given) {
    if (given->name != url.name) continue;
    url.texts = {text};
    url.source = Source::flag;
  }
  return url;
}

std::optional<db::Database> open_memory(const SuggestionTools& tools) {
  try {
    std::optional<db::Database> database = tools.open_database();
    const db::SchemaState state = db::read_schema_status(*database).state;
    return state == db::SchemaState::current ? std::move(database) : std::nullopt;
  } catch (const Error&) {  // the files know
    return std::nullopt;
  }
}

alert::Memory memory_of(const SuggestionTools& tools) {
  const Config config = config_of(tools);
  std::optional<db::Database> database = open_memory(tools);
  const ChosenTarget chosen = choose_target(database_url(tools, config), tools.environment, config);
  const auto folder = alert_folder(setting_of(alert_state_option(), tools, config), config,
                                   chosen.target, tools.environment);
  // Nobody reads remarks behind Tab.
  return alert::look(folder, database ? &*database : nullptr, alert_owner(config, chosen.target),
                     SystemClock{}, [](const std::string&) {});
}

}  // namespace

std::vector<Suggestion> suggest_alert_rules(const SuggestionTools& tools) {
  std::vector<Suggestion> suggestions;
  std::set<std::string> seen;
  const Config config = config_of(tools);
  const std::string typed = value_of(alert_rules_option(), tools);
  const std::vector<std::string> paths =
      typed.empty() ? alert_rule_paths(tools.environment, config) : std::vector{typed};
  for (const alert::Rule& rule : alert_rules(paths, alert_zone(config))) {
    if (seen.insert(rule.alert).second) suggestions.push_back({rule.alert, rule.group});
  }
  return suggestions;
}

std::vector<Suggestion> suggest_alert_receivers(const SuggestionTools& tools) {
  std::vector<Suggestion> suggestions;
  for (const alert::ReceiverConfig& each : alert::read_receivers(config_of(tools))) {
    suggestions.push_back({each.name, to_string(each.kind)});
  }
  return suggestions;
}

std::vector<Suggestion> suggest_alerts(const SuggestionTools& tools) {
  std::vector<Suggestion> suggestions;
  std::set<std::string> seen;
  for (const alert::Alert& each : memory_of(tools).alerts) {
    if (each.phase == alert::Phase::resolved) continue;
    const std::string& name = each.labels.at("alertname");
    if (seen.insert(name).second) suggestions.push_back({name, to_string(each.phase)});
  }
  return suggestions;
}

std::vector<Suggestion> suggest_alert_silences(const SuggestionTools& tools) {
  std::vector<Suggestion> suggestions;
  for (const alert::Silence& each : memory_of(tools).silences) {
    if (!each.expired_at) suggestions.push_back({each.id, to_string(each.matchers)});
  }
  return suggestions;
}

}  // namespace pcx::cli
