#include "cli/topics.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/resolve.h"
#include "cli/table.h"
#include "cli/topic_alerts.h"
#include "cli/topic_artillery.h"
#include "cli/wrap.h"

namespace pcx::cli {

namespace {

void add_variables(const std::vector<Opt>& options, std::vector<TopicEntry>& entries) {
  for (const Opt& option : options) {
    if (option.environment.empty() || option.hidden) continue;
    entries.push_back(
        {std::string{option.environment}, fmt::format("{} (as {})", option.help, option.name)});
  }
}

std::vector<TopicEntry> variable_entries() {
  std::vector<TopicEntry> entries;
  add_variables(global_options(), entries);
  for (const Cmd& command : commands()) add_variables(command.options, entries);
  for (const Variable& variable : library_variables()) {
    entries.push_back({std::string{variable.name}, std::string{variable.help}});
  }
  const auto by_label = [](const auto& left, const auto& right) {
    return left.label < right.label;
  };
  const auto same = [](const auto& left, const auto& right) { return left.label == right.label; };
  std::stable_sort(entries.begin(), entries.end(), by_label);
  entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
  entries.push_back({"DATABASE_URL", "as PCX_DATABASE_URL, which goes before it (Prisma's own)"});
  entries.push_back({"PGHOST, PGSERVICE, ...", "libpq's variables, where no URL is given"});
  entries.push_back({"NO_COLOR, CLICOLOR, CLICOLOR_FORCE", "colour, unless --color says"});
  return entries;
}

std::vector<TopicEntry> key_entries() {
  std::vector<TopicEntry> entries;
  for (const ConfigKey& key : known_config_keys()) {
    entries.push_back({std::string{key.path}, std::string{key.help}});
  }
  return entries;
}

std::vector<TopicEntry> exit_entries() {
  std::vector<TopicEntry> entries;
  for (const ExitText& text : kExitTexts) {
    entries.push_back({fmt::format("{}", text.code), std::string{text.meaning}});
  }
  return entries;
}

std::vector<TopicEntry> option_entries() {
  std::vector<TopicEntry> entries;
  for (const Opt& option : global_options()) {
    entries.push_back({option_spelling(option), option_help(option)});
  }
  return entries;
}

constexpr std::string_view kConfigText =
    "A value is taken from the flag, else from the environment, else from the configuration file, "
    "else the default holds. 'pcx config show' says which it was.\n\n"
    "The file is the one of --config or PCX_CONFIG, else $XDG_CONFIG_HOME/pcx/config.yaml "
    "(~/.config by default), else /etc/pcx/config.yaml. A file in the working folder is never "
    "picked up. It is YAML; an unknown key is an error that names its line. A file with a password "
    "in it must be readable by its owner alone (mode 0600).\n\n"
    "  database:\n    url: postgresql://pcx@db.example.com/purplecross\n\n"
    "These keys are known:";

constexpr std::string_view kConnectionText =
    "The database is that of --database-url, else of PCX_DATABASE_URL, else of DATABASE_URL, else "
    "of the key database.url; without these libpq's own ways hold: PGHOST, PGPORT, PGDATABASE, "
    "PGUSER, PGSERVICE, the service file and .pgpass. A running sandbox is used only when none of "
    "PGHOST, PGHOSTADDR, PGSERVICE and PGDATABASE is set either, and pcx says so.\n\n"
    "The parameters that Prisma adds to a URL (schema, connection_limit, pgbouncer, ...) are "
    "understood.\n\n"
    "A password is never accepted on the command line, where every user of the machine can read "
    "it. It may stand in the variables PCX_DATABASE_URL, DATABASE_URL and PGPASSWORD, in ~/.pgpass "
    "or the file of PGPASSFILE (mode 0600), in a service file, and in a configuration file of mode "
    "0600.\n\n"
    "Behind a transaction pooler commands that need a session of their own stop with exit status "
    "76: connect to the server itself for them.";

constexpr std::string_view kOutputText =
    "Results go to standard output, or whole to the file of --output. Everything else goes to "
    "standard error. In load run alone -o and --output name reports, as Artillery's do, and the "
    "format has only its long name.\n\n"
    "text: for people; tables without borders, numbers to the right, nothing cut off, control "
    "characters escaped. It may change between versions: scripts use another format.\n\n"
    "json: one object {\"schema\": \"pcx.GROUP.VERB/v1\", \"data\": ...}. Members are only ever "
    "added under one schema name. Times are RFC 3339 in UTC.\n\n"
    "ndjson: one JSON object a line, one for each row.\n\n"
    "csv: RFC 4180 with a heading line. A text that a spreadsheet would run as a formula gets a "
    "single quote in front; an absent value is empty.\n\n"
    "With json or ndjson an error is one object on the last line of standard error: "
    "{\"error\": {\"code\", \"message\", \"hint\", \"exit\", ...}}.";

}  // namespace

const std::vector<Topic>& topics() {
  static const std::vector<Topic> all = {
      {"alerts", "rules, and where alerts go", kAlertsText, alerts_entries},
      {"artillery", "scripts of Artillery: what is read, and what is done otherwise",
       kArtilleryText, artillery_entries},
      {"config", "configuration file and precedence", kConfigText, key_entries},
      {"connection", "which database, and where passwords may stand", kConnectionText},
      {"environment", "environment variables", "These variables are read:", variable_entries},
      {"exit-codes", "what each exit status means",
       "Scripts may depend on these numbers; one that is not listed is a failure.", exit_entries},
      {"options", "options that every command takes",
       "They may stand anywhere on the command line. The last three belong to commands that change "
       "something, destroy something, or take a lock.",
       option_entries},
      {"output", "formats and streams", kOutputText},
  };
  return all;
}

const Topic* find_topic(std::string_view name) {
  for (const Topic& topic : topics()) {
    if (topic.name == name) return &topic;
  }
  return nullptr;
}

std::string topic_text(const Topic& topic, std::size_t columns) {
  std::string text = wrap(topic.text, columns);
  if (topic.entries == nullptr) return text;
  text += "\n";
  for (const auto& [label, meaning] : topic.entries()) {
    text += fmt::format("  {}\n", label) + wrap(meaning, columns, 6);
  }
  return text;
}

}  // namespace pcx::cli
