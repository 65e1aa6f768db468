// Help for people, read from the command table.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace pcx::cli {

// Purpose, usage, examples, commands or arguments, options, exit status, see also; lines of at most
// `columns`.
std::string help_text(const Cmd& command, std::size_t columns);

// "pcx config show [KEY] [options]"
std::string usage_line(const Cmd& command);
// "-o, --format FORMAT"
std::string option_spelling(const Opt& option);
// "how results are written: text, json (default text; $PCX_FORMAT; key output.format)"
std::string option_help(const Opt& option);
std::string argument_spelling(const Arg& argument);  // "[NAME...]"
std::string argument_help(const Arg& argument);

// Visible options of its own, and those global ones that only some commands take.
std::vector<const Opt*> listed_options(const Cmd& command);

}  // namespace pcx::cli
