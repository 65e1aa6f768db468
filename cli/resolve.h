// Where each value comes from: flag > environment > configuration file > default, and is it fit?
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/parse.h"
#include "core/config.h"
#include "core/environment.h"

namespace pcx::cli {

// Every option and argument of the parsed command with its value and its source.
//
// Throws Error{usage} naming the flag or argument, Error{config} naming the environment variable or
// file:line:column, for a missing or superfluous value, a number out of range, a word that is no
// choice (with a suggestion), or an empty value where one is needed.
Values resolve(const Parsed& parsed, const Environment& environment, const Config& config);

// The options of all commands that the environment or the file may set, as they hold now, without
// flags; each once. Throws as resolve() does.
std::vector<std::pair<const Opt*, Values::Entry>> resolve_settings(const Environment& environment,
                                                                   const Config& config);

// Every key that may stand in the configuration file, for read_config(): those that options name
// and those that only the library reads.
std::vector<ConfigKey> known_config_keys();

// Every variable PCX_* that means something.
std::vector<std::string> known_variables();

// A sentence for each variable PCX_* that nothing reads: a typo that would otherwise be silent.
std::vector<std::string> warnings_about(const Environment& environment);

}  // namespace pcx::cli
