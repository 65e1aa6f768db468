// pcx completion, and the hidden commands behind shells and packages: __complete and __man.
#include <filesystem>

#include <fmt/format.h>

#include "cli/commands/groups.h"
#include "cli/complete.h"
#include "cli/context.h"
#include "cli/man.h"
#include "cli/shells.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

Outcome run_completion(Context&, const Values& values) {
  const std::string& shell = values.text("SHELL");
  if (shell == "bash") return {PlainText{std::string{kBashCompletion}}};
  if (shell == "zsh") return {PlainText{std::string{kZshCompletion}}};
  return {PlainText{std::string{kFishCompletion}}};
}

db::Database open_for_completion(Context& context) {
  if (context.environment().get("PCX_COMPLETE_OFFLINE") == "1") {
    throw Error{ErrorCode::unreachable, "PCX_COMPLETE_OFFLINE is set"};
  }
  return context.open_database({.application_name = "pcx completion",
                                .connect_timeout = std::chrono::milliseconds{1'000},
                                .statement_timeout = std::chrono::milliseconds{300},
                                .read_only = true});
}

// Tab must never print an error into the middle of somebody's command line: whatever goes wrong
// (no server, a broken configuration) means that there is nothing to offer.
Outcome run_complete(Context& context, const Values& values) {
  const SuggestionTools tools{context.environment(),
                              [&context] { return open_for_completion(context); }};
  try {
    return {PlainText{completion_text(complete(values.texts("WORDS"), tools))}};
  } catch (const Error&) {
    return {PlainText{completion_text({{}, Completion::failed | Completion::no_files})}};
  }
}

Outcome run_man(Context&, const Values& values) {
  const std::filesystem::path folder = values.text("DIR");
  const auto pages = man_pages();
  for (const ManPage& page : pages) write_file_atomically(folder / page.file, page.text);
  const auto count = static_cast<long long>(pages.size());
  return {PlainText{fmt::format("{} in {}\n", counted(count, "page"), folder.string())}};
}

}  // namespace

std::vector<Cmd> completion_commands() {
  return {
      {.path = "__complete",
       .summary = "Offer what may come next, for the completion scripts",
       .arguments = {{.name = "WORDS",
                      .help = "words so far; the last one is being typed",
                      .required = false,
                      .repeated = true}},
       .hidden = true,
       .run = run_complete},
      {.path = "__man",
       .summary = "Write the man pages",
       .arguments = {{.name = "DIR", .help = "folder to write to", .type = Type::folder}},
       .hidden = true,
       .run = run_man},
      {.path = "completion",
       .summary = "Print the completion script of a shell",
       .detail = "Packages install these scripts. To try one by hand, put the line of an example "
                 "into the shell's start file.",
       .arguments = {{.name = "SHELL",
                      .help = "the shell",
                      .type = Type::choice,
                      .choices = {"bash", "zsh", "fish"}}},
       .examples = {{"source <(pcx completion bash)", "bash, and zsh with its own script"},
                    {"pcx completion fish | source", "fish"}},
       .run = run_completion},
  };
}

}  // namespace pcx::cli
