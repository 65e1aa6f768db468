// pcx load: the group. Its members are in load_*.cpp.
#include <algorithm>
#include <iterator>

#include "cli/commands/groups.h"
#include "cli/commands/load_tools.h"

namespace pcx::cli {

std::vector<Cmd> load_commands() {
  std::vector<Cmd> commands{{.path = "load",
                             .summary = "Load tests, by Artillery's scripts",
                             .detail = "pcx runs scripts of Artillery 2 as they are, measures from "
                                       "the instant at which each user should have started, and "
                                       "says whether its own figures are to be believed. What is "
                                       "read, and what is done otherwise: pcx help artillery."}};
  for (const auto members : {load_check_commands, load_new_commands, load_result_commands,
                             load_run_commands, load_target_commands}) {
    std::ranges::move(members(), std::back_inserter(commands));
  }
  std::ranges::sort(commands, {}, &Cmd::path);
  return commands;
}

}  // namespace pcx::cli
