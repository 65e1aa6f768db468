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
#include "cli/terminal.h"

namespace pcx::cli {

namespace {

int run(const std::vector<std::string>& words, const Environment& environment) {
  const Parsed parsed = parse(words);
  switch (parsed.asked) {
    case Asked::help: write_stdout(help_text(*parsed.command, help_columns(environment))); return 0;
    case Asked::version: write_stdout(version_line()); return 0;
    case Asked::run: break;
  }
  App app{parsed, words, environment};
  return exit_code(app.run());
}

}  // namespace

}  // namespace pcx::cli

int main(int argc, char** argv) {
  using namespace pcx::cli;
  const std::vector<std::string> words{argv + (argc > 0 ? 1 : 0), argv + argc};
  const pcx::SystemEnvironment environment;
  try {
    forbid_core_dumps();
    settle_signals();
    occupy_closed_streams();
    return run(words, environment);
  } catch (const pcx::Error& error) {
    return report(error, error_style(words, environment));
  } catch (const std::exception& bug) {
    const pcx::Error error{pcx::ErrorCode::internal, bug.what(),
                           "This is a bug in pcx; please report it with the command line."};
    return report(error, error_style(words, environment));
  }
}
