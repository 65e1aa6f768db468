// What cli/commands.cpp assembles from the group files: the table itself (command.h) and the few
// things a group may bring along with its commands.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "core/config.h"
#include "core/environment.h"
#include "db/database.h"
#include "db/target.h"

namespace pcx::cli {

// --- completion of values ---------------------------------------------------------------------

struct Suggestion {
  std::string value;
  std::string description;  // may be empty
};

// What a source of suggestions may use while Tab is pressed.
struct SuggestionTools {
  const Environment& environment;
  // Connects within a second, read only, statements within 300 ms. Throws as Database does;
  // whoever asked for suggestions then gets none.
  std::function<db::Database()> open_database;
  // The options on the line so far, with their values as they were typed.
  std::vector<std::pair<const Opt*, std::string>> given = {};
  std::vector<std::string> arguments = {};  // on the line so far
};

// The value of `option` as far as it is known while Tab is pressed: typed, from the environment, or
// the option's own. A "~/" is the home folder, for the shell has not replaced it yet.
std::string value_of(const Opt& option, const SuggestionTools& tools);

// Opt::dynamic and Arg::dynamic name one of these.
struct SuggestionSource {
  std::string_view name;
  std::vector<Suggestion> (*suggest)(const SuggestionTools& tools);
};

const std::vector<SuggestionSource>& suggestion_sources();

// --- what only the library reads ----------------------------------------------------------------

// A variable that is no option's.
struct Variable {
  std::string_view name;
  std::string_view help;  // a fragment
};

std::vector<Variable> library_variables();
std::vector<ConfigKey> library_config_keys();

// --- the database when nothing names one ---------------------------------------------------------

// The server of this user's running sandbox; std::nullopt when none runs. Given by the sandbox
// commands; empty in a pcx without them.
using FindSandbox = std::function<std::optional<db::Target>(const Environment&)>;
const FindSandbox& find_running_sandbox();

}  // namespace pcx::cli
