// One function a group of commands; cli/commands.cpp puts them together.
#pragma once

#include <vector>

#include "cli/command.h"

namespace pcx::cli {

std::vector<Cmd> migrate_commands();

}  // namespace pcx::cli
