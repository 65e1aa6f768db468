#include "cli/table.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

// Only where a command's entry asks for them, see is_wanted().
std::vector<Opt> make_conditional_options() {
  return {
      {.name = "--reason",
       .metavar = "TEXT",
       .help = "why this is done, for the journal",
       .environment = "PCX_REASON"},
      {.name = "--yes", .letter = 'y', .type = Type::flag, .help = "do not ask for confirmation"},
      {.name = "--lock-wait",
       .type = Type::duration,
       .metavar = "DURATION",
       .help = "how long to wait for another pcx to finish",
       .fallback = "0s",
       .environment = "PCX_LOCK_WAIT",
       .config_key = "database.lock_wait"},
  };
}

std::vector<Opt> make_general_options() {
  return {
      {.name = "--database-url",
       .metavar = "URL",
       .help = "PostgreSQL to use, without a password: postgresql://user@host/database",
       .environment = "PCX_DATABASE_URL",
       .config_key = "database.url"},
      {.name = "--config",
       .type = Type::file,
       .metavar = "FILE",
       .help = "configuration file",
       .environment = "PCX_CONFIG"},
      {.name = "--format",
       .letter = 'o',
       .type = Type::choice,
       .metavar = "FORMAT",
       .help = "how results are written",
       .choices = {"text", "json", "ndjson", "csv"},
       .fallback = "text",
       .environment = "PCX_FORMAT",
       .config_key = "output.format"},
      {.name = "--output",
       .type = Type::file,
       .metavar = "FILE",
       .help = "write the result to FILE, whole or not at all"},
      {.name = "--quiet", .letter = 'q', .type = Type::flag, .help = "no remarks on stderr"},
      {.name = "--verbose", .letter = 'v', .type = Type::flag, .help = "say what is going on"},
      {.name = "--color",
       .type = Type::choice,
       .metavar = "WHEN",
       .help = "colour the output",
       .choices = {"auto", "always", "never"},
       .fallback = "auto",
       .environment = "PCX_COLOR",
       .config_key = "output.color"},
      {.name = "--no-color", .type = Type::flag, .help = "the same as --color never"},
      {.name = "--no-input",
       .type = Type::flag,
       .help = "never ask; fail where an answer is needed",
       .environment = "PCX_NO_INPUT"},
      {.name = "--progress",
       .type = Type::choice,
       .metavar = "WHEN",
       .help = "progress on stderr: a line on a terminal, none, or JSON objects",
       .choices = {"auto", "none", "json"},
       .fallback = "auto",
       .environment = "PCX_PROGRESS"},
      {.name = "--log-format",
       .type = Type::choice,
       .metavar = "FORMAT",
       .help = "how diagnostics on stderr are written",
       .choices = {"text", "json"},
       .fallback = "text",
       .environment = "PCX_LOG_FORMAT",
       .config_key = "output.log_format"},
      {.name = "--help", .letter = 'h', .type = Type::flag, .help = "show help for a command"},
      {.name = "--version", .type = Type::flag, .help = "show the version"},
  };
}

bool is_conditional(const Opt& option) {
  return option.name == "--reason" || option.name == "--yes" || option.name == "--lock-wait";
}

bool is_wanted(const Opt& option, const Cmd& command) {
  if (option.name == "--reason") return command.mutating;
  if (option.name == "--yes") return command.destructive;
  if (option.name == "--lock-wait") return !command.locks.empty();
  return true;
}

// A command may have one of them as its own: a --reason that must be given.
bool is_own(const Opt& option, const Cmd& command) {
  return std::any_of(command.options.begin(), command.options.end(),
                     [&](const Opt& own) { return own.name == option.name; });
}

// Own options of `command` and, for a group, of everything beneath it.
void add_own_options(const Cmd& command, std::vector<const Opt*>& options) {
  for (const Opt& option : command.options) options.push_back(&option);
  for (const Opt* option : conditional_options_of(command)) options.push_back(option);
  for (const Cmd* member : members_of(command)) add_own_options(*member, options);
}

}  // namespace

const Cmd& root_command() {
  static const Cmd root{
      .path = "",
      .summary = "Operations toolkit for the Purple Cross veterinary practice platform",
      .detail =
          "pcx migrates and checks the platform's PostgreSQL database and says what it "
          "did. Results go to standard output, everything else to standard error. Every "
          "command has examples in its help.",
      .examples = {{"pcx doctor", "check this machine and the connection"},
                   {"pcx help exit-codes", "what each exit status means"}},
  };
  return root;
}

const std::vector<Opt>& global_options() {
  static const std::vector<Opt> options = [] {
    std::vector<Opt> all = make_general_options();
    for (const Opt& option : make_conditional_options()) all.push_back(option);
    return all;
  }();
  return options;
}

const Cmd* find_command(std::string_view path) {
  if (path.empty()) return &root_command();
  for (const Cmd& command : commands()) {
    if (command.path == path) return &command;
  }
  return nullptr;
}

std::string_view last_word(std::string_view path) {
  const auto blank = path.rfind(' ');
  return blank == std::string_view::npos ? path : path.substr(blank + 1);
}

std::string join_path(std::string_view group, std::string_view word) {
  return group.empty() ? std::string{word} : fmt::format("{} {}", group, word);
}

int exit_status(const Cmd* command, ErrorCode code) {
  if (command != nullptr && command->is_plugin) return exit_code(ErrorCode::unknown);
  const bool is_unanswered =
      command != nullptr && command->unknown_on_error && code != ErrorCode::usage;
  return exit_code(is_unanswered ? ErrorCode::unknown : code);
}

const Cmd* find_plugin(const std::vector<std::string>& words) {
  std::string path;
  for (const std::string& word : words) {
    path = join_path(path, word);
    const Cmd* const found = find_command(path);
    if (found == nullptr) return nullptr;
    if (found->is_plugin) return found;
  }
  return nullptr;
}

std::vector<const Cmd*> members_of(const Cmd& group) {
  std::vector<const Cmd*> members;
  if (!is_group(group)) return members;
  for (const Cmd& command : commands()) {
    if (command.path == join_path(group.path, last_word(command.path))) members.push_back(&command);
  }
  return members;
}

std::vector<const Cmd*> visible_members_of(const Cmd& group) {
  auto members = members_of(group);
  std::erase_if(members, [](const Cmd* member) { return member->hidden; });
  return members;
}

std::vector<const Opt*> conditional_options_of(const Cmd& command) {
  std::vector<const Opt*> options;
  if (is_group(command)) return options;
  for (const Opt& option : global_options()) {
    const bool applies = is_conditional(option) && is_wanted(option, command);
    if (applies && !is_own(option, command)) options.push_back(&option);
  }
  return options;
}

std::vector<const Opt*> options_of(const Cmd& command) {
  std::vector<const Opt*> options;
  if (!is_group(command)) add_own_options(command, options);
  for (const Opt& option : global_options()) {
    if (!is_conditional(option) && !is_own(option, command)) options.push_back(&option);
  }
  if (is_group(command)) add_own_options(command, options);
  return options;
}

const Opt* find_option(const std::vector<const Opt*>& options, std::string_view name) {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const Opt* option) { return option->name == name; });
  return found == options.end() ? nullptr : *found;
}

const Opt* find_option(const std::vector<const Opt*>& options, char letter) {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [&](const Opt* option) { return option->letter == letter; });
  return found == options.end() ? nullptr : *found;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (const auto near = nearest(word, candidates)) return fmt::format("Did you mean '{}'?", *near);
  // What starts with the word is meant as well: "pcx comp" for "completion".
  for (const std::string& candidate : candidates) {
    if (word.size() >= 2 && candidate.starts_with(word)) {
      return fmt::format("Did you mean '{}'?", candidate);
    }
  }
  return {};
}

}  // namespace pcx::cli
