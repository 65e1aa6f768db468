#include "cli/help.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/render/width.h"
#include "cli/table.h"
#include "cli/topics.h"
#include "cli/wrap.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using Entries = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kLabelColumnsMax = 30;

std::string words_of(const std::vector<std::string_view>& choices) {
  return join({choices.begin(), choices.end()}, ", ");
}

// Two columns; a label that is too long stands on a line of its own.
std::string listed(const Entries& entries, std::size_t columns) {
  std::size_t width = 0;
  for (const auto& entry : entries) {
    const auto label = display_width(entry.first);
    if (label <= kLabelColumnsMax) width = std::max(width, label);
  }
  std::string text;
  for (const auto& [label, meaning] : entries) {
    const auto own = display_width(label);
    text += "  " + label;
    text += own > width ? "\n" + std::string(width + 4, ' ') : std::string(width + 2 - own, ' ');
    text += meaning.empty() ? "\n" : wrap(meaning, columns, width + 4, false);
  }
  return text;
}

std::string section(std::string_view heading, const std::string& body) {
  if (body.empty()) return {};
  return fmt::format("\n{}\n{}", heading, body);
}

std::string examples_of(const Cmd& command, std::size_t columns) {
  std::string text;
  for (const Example& example : command.examples) {
    text += fmt::format("  $ {}\n", example.command) + wrap(example.effect, columns, 6);
  }
  return text;
}

std::string commands_of(const Cmd& group, std::size_t columns) {
  Entries entries;
  for (const Cmd* member : visible_members_of(group)) {
    entries.emplace_back(last_word(member->path), member->summary);
  }
  return listed(entries, columns);
}

std::string topics_of(const Cmd& command, std::size_t columns) {
  if (!command.path.empty()) return {};
  Entries entries;
  for (const Topic& topic : topics()) entries.emplace_back(topic.name, topic.summary);
  return listed(entries, columns);
}

std::string arguments_of(const Cmd& command, std::size_t columns) {
  Entries entries;
  for (const Arg& argument : command.arguments) {
    entries.emplace_back(argument.name, argument_help(argument));
  }
  return listed(entries, columns);
}

std::string options_text(const Cmd& command, std::size_t columns) {
  Entries entries;
  for (const Opt* option : listed_options(command)) {
    entries.emplace_back(option_spelling(*option), option_help(*option));
  }
  return listed(entries, columns);
}

std::string exits_of(const Cmd& command, std::size_t columns) {
  if (command.exits.empty()) return {};
  Entries entries;
  for (const ExitNote& note : command.exits) {
    entries.emplace_back(fmt::format("{}", note.code), note.meaning);
  }
  return listed(entries, columns) + wrap("All of them: pcx help exit-codes", columns, 2);
}

std::string see_also(const Cmd& command) {
  if (command.path.empty()) return "  man pcx, pcx help COMMAND, pcx help TOPIC\n";
  std::string page{command.path};
  std::replace(page.begin(), page.end(), ' ', '-');
  return is_group(command) ? "  man pcx\n" : fmt::format("  man pcx-{}\n", page);
}

}  // namespace

std::string argument_spelling(const Arg& argument) {
  const std::string name = fmt::format("{}{}", argument.name, argument.repeated ? "..." : "");
  return argument.required ? name : fmt::format("[{}]", name);
}

std::string argument_help(const Arg& argument) {
  if (argument.choices.empty()) return std::string{argument.help};
  return fmt::format("{}: {}", argument.help, words_of(argument.choices));
}

std::string usage_line(const Cmd& command) {
  std::string line = command.path.empty() ? "pcx" : fmt::format("pcx {}", command.path);
  if (is_group(command)) return line + " COMMAND [options]";
  for (const Opt& option : command.options) {
    if (option.required) line += fmt::format(" {} {}", option.name, option.metavar);
  }
  for (const Arg& argument : command.arguments) line += " " + argument_spelling(argument);
  return line + " [options]";
}

std::string option_spelling(const Opt& option) {
  std::string text = option.letter == 0 ? std::string{option.name}
                                        : fmt::format("-{}, {}", option.letter, option.name);
  if (option.type != Type::flag) text += fmt::format(" {}", option.metavar);
  return text;
}

std::string option_help(const Opt& option) {
  std::vector<std::string> notes;
  if (option.required) notes.emplace_back("required");
  if (option.repeated) notes.emplace_back("may be repeated");
  if (!option.fallback.empty()) notes.push_back(fmt::format("default {}", option.fallback));
  if (!option.environment.empty()) notes.push_back(fmt::format("${}", option.environment));
  if (!option.config_key.empty()) notes.push_back(fmt::format("key {}", option.config_key));
  std::string text{option.help};
  if (!option.choices.empty()) text += fmt::format(": {}", words_of(option.choices));
  return notes.empty() ? text : fmt::format("{} ({})", text, join(notes, "; "));
}

std::vector<const Opt*> listed_options(const Cmd& command) {
  std::vector<const Opt*> options;
  for (const Opt& option : command.options) {
    if (!option.hidden) options.push_back(&option);
  }
  for (const Opt* option : conditional_options_of(command)) options.push_back(option);
  return options;
}

std::string help_text(const Cmd& command, std::size_t columns) {
  std::string text = wrap(fmt::format("{}.", command.summary), columns);
  text += section("USAGE", fmt::format("  {}\n", usage_line(command)));
  text += section("EXAMPLES", examples_of(command, columns));
  if (!command.detail.empty()) {
    text += section("DESCRIPTION", wrap(command.detail, columns, 2));
  }
  text += section("COMMANDS", commands_of(command, columns));
  text += section("HELP TOPICS", topics_of(command, columns));
  text += section("ARGUMENTS", arguments_of(command, columns));
  text += section("OPTIONS", options_text(command, columns));
  text += section("GLOBAL OPTIONS", "  pcx help options\n");
  text += section("EXIT STATUS", exits_of(command, columns));
  text += section("SEE ALSO", see_also(command));
  return text;
}

}  // namespace pcx::cli
