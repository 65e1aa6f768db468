// The command that does what a plan has shown, to be pasted into the shell.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.h"
#include "cli/context.h"
#include "core/error.h"

namespace pcx::cli {

// "pcx migrate up --dir db --to 20260101000000_init": `command` with the options that were given on
// the command line and say what is done, and where; what the environment and the configuration say
// holds again by itself. Of --database-url only the name is repeated, with URL in its place: the
// text may be secret, and without it the command would go to another database.
std::string next_command(const Values& values, std::string_view command);

// `text` with the place (folder, configuration, database) that was given on the command line
// repeated in every "pcx migrate COMMAND" in it.
std::string with_place(const Values& values, const std::string& text);

// A command's function `run`, whose errors' hints are with_place().
template <Outcome (*run)(Context&, const Values&)>
Outcome with_place(Context& context, const Values& values) {
  try {
    return run(context, values);
  } catch (const Error& error) {
    Error told{error.code(), error.what(), with_place(values, error.hint())};
    throw told.at(error.location())
        .because(error.reason())
        .with_sqlstate(error.sqlstate())
        .with_detail(error.detail());
  }
}

}  // namespace pcx::cli
