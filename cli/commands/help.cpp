// pcx help
#include "cli/help.h"

#include <fmt/format.h>

#include "cli/commands/groups.h"
#include "cli/context.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "cli/topics.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

[[noreturn]] void refuse(const std::string& wanted) {
  std::vector<std::string> candidates;
  for (const Cmd& command : commands()) {
    if (!command.hidden) candidates.emplace_back(command.path);
  }
  for (const Topic& topic : topics()) candidates.emplace_back(topic.name);
  std::string hint = did_you_mean(wanted, candidates);
  if (!hint.empty()) hint += ' ';
  throw Error{ErrorCode::usage, fmt::format("no command and no topic is called '{}'", wanted),
              hint + "Run 'pcx help' for what there is."};
}

Outcome run_help(Context& context, const Values& values) {
  const std::string wanted = join(values.texts("COMMAND"), " ");
  const std::size_t columns = help_columns(context.environment());
  if (const Topic* topic = find_topic(wanted)) return {PlainText{topic_text(*topic, columns)}};
  if (const Cmd* command = find_command(wanted)) return {PlainText{help_text(*command, columns)}};
  refuse(wanted);
}

}  // namespace

std::vector<Cmd> help_commands() {
  return {{.path = "help",
           .summary = "Show help for a command or a topic",
           .detail = "Without a word it lists the commands and the topics. 'pcx COMMAND --help' "
                     "shows the same for a command.",
           .arguments = {{.name = "COMMAND",
                          .help = "words of a command, or a topic",
                          .dynamic = "topics",
                          .required = false,
                          .repeated = true}},
           .examples = {{"pcx help config show", "how to use a command"},
                        {"pcx help exit-codes", "what an exit status means"}},
           .exits = {{64, "no command and no topic has that name"}},
           .run = run_help}};
}

}  // namespace pcx::cli
