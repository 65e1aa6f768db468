#include "cli/commands.h"

#include <iterator>

#include "alert/app.h"
#include "alert/receiver_config.h"
#include "cli/commands/groups.h"
#include "cli/commands/suggestions.h"
#include "fields/registry.h"
#include "sandbox/cluster_state.h"

namespace pcx::cli {

namespace {

// Every group of commands, in alphabetical order. A new one is one file and one line here.
constexpr std::vector<Cmd> (*kGroups[])() = {
    alert_commands,  apikey_commands,  audit_commands,   commands_commands, completion_commands,
    config_commands, doctor_commands,  help_commands,    key_commands,      kpi_commands,
    load_commands,   migrate_commands, sandbox_commands, version_commands,
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
      {"alert_receivers", suggest_alert_receivers},
      {"alert_rules", suggest_alert_rules},
      {"alert_silences", suggest_alert_silences},
      {"alerts", suggest_alerts},
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
      {"PCX_ALERT_PING_URL", "address that is told of each run of alert check (Healthchecks)"},
      {"PAGERDUTY_INTEGRATION_KEY",
       "the routing key for receivers of kind pagerduty, where no secret_file names another"},
      {"PCX_COMPLETE_OFFLINE", "completion asks no database when set to 1"},
      {"NEW_RELIC_LICENSE_KEY",
       "the key for kpi push to New Relic, where no --key-file names another"},
      {"PCX_KEK", "a key-encryption key, where keyring.kek is env:PCX_KEK"},
      {"PCX_POSTGRES_BIN", "folder of PostgreSQL's own programs, for the sandbox"},
  };
}

std::vector<ConfigKey> library_config_keys() {
  std::vector<ConfigKey> keys = {
      {"alert.environment", "part of every incident's key: production"},
      {"alert.inhibit[].equal", "labels whose values must be the same"},
      {"alert.inhibit[].source", "matchers of the alerts that hold others back"},
      {"alert.inhibit[].target", "matchers of those that are held back"},
      {"alert.ping_url_file", "file with the address that is told of each run (Healthchecks)"},
      {"default_time_zone", "IANA time zone of rows that belong to no tenant"},
      {"kpi.currency", "currency of amounts of money, as ISO 4217 has it: usd"},
      {"tenants.*.name", "what people call the tenant with this id"},
      {"tenants.*.time_zone", "IANA time zone of the tenant's calendar"},
  };
  for (const auto& more :
       {fields::config_keys(), alert::receiver_config_keys(), alert::app_config_keys()}) {
    keys.insert(keys.end(), more.begin(), more.end());
  }
  return keys;
}

const FindSandbox& find_running_sandbox() {
  static const FindSandbox find = sandbox::find_running_sandbox;
  return find;
}

}  // namespace pcx::cli
