// Words of the command line to a command, its options and arguments, by the command table.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/tokenise.h"

namespace pcx::cli {

enum class Asked { run, help, version };

struct Parsed {
  const Cmd* command = nullptr;  // never null; a group only when asked for help or version
  Asked asked = Asked::run;
  std::vector<Given> options;          // empty unless asked to run
  std::vector<std::string> arguments;  // as written, not yet counted
};

// `words` are argv without the program's name. Options may stand anywhere, also before the command;
// "--" ends them. With -h or --help everything else is ignored but the command words.
//
// Throws Error{usage}: unknown command or option (with the nearest known one as a hint), a missing
// value, an option given twice, a group without its command.
Parsed parse(const std::vector<std::string>& words);

}  // namespace pcx::cli
