// pcx version
#include "cli/build_info.h"
#include "cli/commands/groups.h"
#include "cli/context.h"

namespace pcx::cli {

namespace {

Outcome run_version(Context&, const Values& values) {
  if (values.text("--format") == "text" && !values.flag("--verbose")) {
    return {PlainText{version_line()}};
  }
  return {Tree{build_info(), {}}};
}

}  // namespace

std::vector<Cmd> version_commands() {
  return {{.path = "version",
           .summary = "Show the version of pcx and of what it is built with",
           .detail = "As text this is one line, the same as 'pcx --version'. With --verbose or in "
                     "another format it names the compiler and the libraries too.",
           .examples = {{"pcx version", "one line"},
                        {"pcx version -o json", "with compiler and libraries, for a bug report"}},
           .run = run_version}};
}

}  // namespace pcx::cli
