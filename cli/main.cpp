// Parse, prepare, run, show, exit; and the only place that catches what stops a command.
#include <exception>
#include <string>
#include <vector>

#include "cli/app.h"
#include "cli/build_info.h"
#include "cli/core_dump.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "cli/sink.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace pcx::cli {

namespace {

// Leaves the command in `command` once it is known.
int run(const std::vector<std::string>& words, const Environment& environment,
        const Cmd*& command) {
  const Parsed parsed = parse(words);
  switch (parsed.asked) {
    case Asked::help: write_stdout(help_text(*parsed.command, help_columns(environment))); return 0;
    case Asked::version: write_stdout(version_line()); return 0;
    case Asked::run: break;
  }
  command = parsed.command;
  App app{parsed, words, environment};
  return exit_code(app.run());
}

// Where standard output takes nothing, the exit status says that it is unknown.
void tell_monitoring(const Error& error, const ErrorStyle& style) {
  try {
    write_stdout(plugin_error_line(error));
  } catch (const Error& unwritable) {
    const bool is_said = std::string_view{unwritable.what()} == error.what();
    if (!is_said) report(unwritable, style, exit_code(unwritable.code()));
  }
}

}  // namespace

}  // namespace pcx::cli

int main(int argc, char** argv) {
  using namespace pcx::cli;
  const std::vector<std::string> words{argv + (argc > 0 ? 1 : 0), argv + argc};
  const pcx::SystemEnvironment environment;
  const Cmd* command = nullptr;
  const auto tell = [&](const pcx::Error& error) {
    const ErrorStyle style = error_style(words, environment);
    if (command == nullptr) command = find_plugin(words);
    if (command != nullptr && command->is_plugin) tell_monitoring(error, style);
    return report(error, style, exit_status(command, error.code()));
  };
  try {
    forbid_core_dumps();
    settle_signals();
    occupy_closed_streams();
    return run(words, environment, command);
  } catch (const pcx::Error& error) {
    return tell(error);
  } catch (const std::exception& bug) {
    return tell({pcx::ErrorCode::internal, bug.what(),
                 "This is a bug in pcx; please report it with the command line."});
  }
}
