// What the commands share that put the trail up, take it down and pause it.
#pragma once

#include <string>
#include <vector>

#include "audit/installer.h"
#include "cli/command.h"
#include "cli/context.h"

namespace pcx::cli {

// --tables, tables separated by commas. Throws Error{usage} for what is no name of one.
Opt tables_option(std::string_view help);
std::vector<audit::RelationName> relations_in(const Values& values);

audit::InstallTools audit_install_tools(Context& context);

// Throws Error{permission}, saying which GRANT is missing, unless the session's role may do what
// the owner of schema pcx may. REQUIRES: schema pcx exists
void require_trail_rights(Context& context);

Cell text_or_nothing(const std::string& text);  // NULL for ""

}  // namespace pcx::cli
