// One function for each file of cli/commands: the commands it brings to the table.
#pragma once

#include <vector>

#include "cli/command.h"

namespace pcx::cli {

std::vector<Cmd> alert_commands();
std::vector<Cmd> apikey_commands();
std::vector<Cmd> audit_commands();
std::vector<Cmd> commands_commands();
std::vector<Cmd> completion_commands();
std::vector<Cmd> config_commands();
std::vector<Cmd> doctor_commands();
std::vector<Cmd> help_commands();
std::vector<Cmd> key_commands();
std::vector<Cmd> kpi_commands();
std::vector<Cmd> load_commands();
std::vector<Cmd> migrate_commands();
std::vector<Cmd> sandbox_commands();
std::vector<Cmd> version_commands();

}  // namespace pcx::cli
