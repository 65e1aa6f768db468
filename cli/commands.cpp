#include "cli/commands.h"

#include <iterator>

#include "cli/commands/groups.h"
#include "cli/commands/suggestions.h"
#include "fields/registry.h"
#include "sandbox/cluster_state.h"

namespace pcx::cli {

namespace {

// Every group of commands, in alphabetical order. A new one is one file and one line here.
constexpr std::vector<Cmd> (*kGroups[])() = {
    apikey_commands,  audit_commands,   commands_commands, completion_commands, config_commands,
    doctor_commands,  help_commands,    key_commands,      kpi_commands,        load_commands,
    migrate_commands, sandbox_commands, version_commands,
};

std::vector<Cmd> assemble() {
  std::vector<Cmd> table;
  for (const auto group : kGroups) {
    auto members = group();
    table.insert(table.end(), std::make_move_iterator(members.begin()),
                 std::make_move_iterator(members.end()));
  }
  return table;
}

}  // namespace

const std::vector<Cmd>& commands() {
  static const std::vector<Cmd> table = assemble();
  return table;
}

const std::vector<SuggestionSource>& suggestion_sources() {
  static const std::vector<SuggestionSource> sources = {
      {"apikeys", suggest_apikeys},
      {"commands", suggest_commands},
      {"config_keys", suggest_config_keys},
      {"fields", suggest_fields},
      {"keks", suggest_keks},
      {"keys", suggest_keys},
      {"kpis", suggest_kpis},
      {"load_environments", suggest_load_environments},
      {"load_scenarios", suggest_load_scenarios},
      {"migrations", suggest_migrations},
      {"topics", suggest_topics},
  };
  return sources;
}

std::vector<Variable> library_variables() {
  return {
      {"PCX_COMPLETE_OFFLINE", "completion asks no database when set to 1"},
      {"NEW_RELIC_LICENSE_KEY",
       "the key for kpi push to New Relic, where no --key-file names another"},
      {"PCX_KEK", "a key-encryption key, where keyring.kek is env:PCX_KEK"},
      {"PCX_POSTGRES_BIN", "folder of PostgreSQL's own programs, for the sandbox"},
  };
}

std::vector<ConfigKey> library_config_keys() {
  std::vector<ConfigKey> keys = {
      {"default_time_zone", "IANA time zone of rows that belong to no tenant"},
      {"kpi.currency", "currency of amounts of money, as ISO 4217 has it: usd"},
      {"tenants.*.name", "what people call the tenant with this id"},
      {"tenants.*.time_zone", "IANA time zone of the tenant's calendar"},
  };
  const auto of_fields = fields::config_keys();
  keys.insert(keys.end(), of_fields.begin(), of_fields.end());
  return keys;
}

const FindSandbox& find_running_sandbox() {
  static const FindSandbox find = sandbox::find_running_sandbox;
  return find;
}

}  // namespace pcx::cli
