// pcx load new
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/load_tools.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "load/starter_files.h"

namespace pcx::cli {

namespace {

Outcome run_new(Context&, const Values& values) {
  const std::string script{load::starter_files().front().bytes};
  const auto file = values.optional_text("FILE");
  if (!file) return {PlainText{script}};
  std::error_code unknown;  // require_writable says what is in the way
  if (std::filesystem::exists(*file, unknown)) {
    throw Error{ErrorCode::cannot_create, fmt::format("{} is there already", *file),
                "Choose another name; pcx writes over no script."}
        .because("exists");
  }
  write_file_atomically(*file, script);
  Document written = Document::object();
  written.set("file", *file);
  const std::string shown = escape_controls(*file);
  return {PlainText{fmt::format("Written to {0}. Set its target, look at its flows, then run:\n"
                                "  pcx load check {0}\n  pcx load run {0}\n",
                                shown),
                    std::move(written)}};
}

}  // namespace

std::vector<Cmd> load_new_commands() {
  return {{.path = "load new",
           .summary = "Write a first load test script, with comments",
           .detail = "It is an Artillery script that pcx runs, and Artillery, too. It works as it "
                     "is against 'pcx load serve-target --port 8080'. Without FILE it is printed.",
           .arguments = {{.name = "FILE",
                          .help = "new file for the script",
                          .type = Type::file,
                          .required = false}},
           .examples = {{"pcx load new load-test.yml", "a script to begin with"}},
           .exits = {{73, "the file is there already, or cannot be made"}},
           .needs = Needs::config,
           .run = run_new}};
}

}  // namespace pcx::cli
