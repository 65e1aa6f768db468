#include "cli/man.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/build_info.h"
#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/table.h"
#include "cli/topics.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

// "2026-01-31" as mdoc wants it: "January 31, 2026".
std::string mdoc_date(std::string_view date) {
  constexpr std::array<std::string_view, 12> kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const auto number = [&](std::size_t at, std::size_t digits) {
    return std::stoul(std::string{date.substr(at, digits)});
  };
  return fmt::format("{} {}, {}", kMonths.at(number(5, 2) - 1), number(8, 2), number(0, 4));
}

std::string page_name(const Cmd& command) {
  std::string name = command.path.empty() ? "pcx" : fmt::format("pcx {}", command.path);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

// mdoc wants a new line after each sentence.
std::string sentences(std::string_view paragraph) {
  std::string text = mdoc_escaped(paragraph);
  for (std::size_t at = 0; (at = text.find(". ", at)) != std::string::npos; ++at) {
    const bool starts_one = at + 2 < text.size() && text[at + 2] >= 'A' && text[at + 2] <= 'Z';
    if (starts_one) text[at + 1] = '\n';
  }
  return text + "\n";
}

// Paragraphs; one that starts with a blank is shown as it is.
std::string paragraphs(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto gap = std::min(text.find("\n\n", at), text.size());
    const auto paragraph = text.substr(at, gap - at);
    if (paragraph.starts_with(' ')) {
      result += ".Bd -literal -offset indent\n";
      for (const std::string& line : split(paragraph, '\n')) {
        result +=
            mdoc_escaped(std::string_view{line}.substr(line.starts_with("  ") ? 2 : 0)) + "\n";
      }
      result += ".Ed\n";
    } else {
      if (!result.empty()) result += ".Pp\n";
      result += sentences(paragraph);
    }
    at = gap + 2;
  }
  return result;
}

// .Nd wants a fragment: "show every setting", but "PostgreSQL ..." stays.
std::string fragment(std::string_view summary) {
  std::string text{summary};
  const bool is_word = text.size() > 1 && text[1] >= 'a' && text[1] <= 'z';
  if (is_word && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] + 32);
  return text;
}

std::string head(const Cmd& command) {
  std::string title = page_name(command);
  std::transform(title.begin(), title.end(), title.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return fmt::format(".Dd {}\n.Dt {} 1\n.Os pcx {}\n.Sh NAME\n.Nm {}\n.Nd {}\n",
                     mdoc_date(kReleaseDate), title, kVersion, page_name(command),
                     mdoc_escaped(fragment(command.summary)));
}

std::string flag_of(const Opt& option) {
  std::string text = option.letter == 0 ? "" : fmt::format("Fl {} , ", option.letter);
  text += fmt::format("Fl {}", mdoc_escaped(option.name.substr(1)));
  if (option.type != Type::flag) text += fmt::format(" Ar {}", mdoc_escaped(option.metavar));
  return text;
}

std::string synopsis(const Cmd& command) {
  std::string text = fmt::format(".Sh SYNOPSIS\n.Nm pcx\n");
  if (is_group(command)) return text + ".Ar command\n.Op Ar options\n";
  for (const std::string& word : split(command.path, ' ')) text += fmt::format(".Cm {}\n", word);
  for (const Opt* option : listed_options(command)) {
    text += option->required ? fmt::format(".{}\n", flag_of(*option))
                             : fmt::format(".Op {}\n", flag_of(*option));
  }
  for (const Arg& argument : command.arguments) {
    const char* more = argument.repeated ? " ..." : "";
    text += argument.required ? fmt::format(".Ar {}{}\n", argument.name, more)
                              : fmt::format(".Op Ar {}{}\n", argument.name, more);
  }
  return text;
}

std::string tagged(const std::vector<std::pair<std::string, std::string>>& items) {
  if (items.empty()) return {};
  std::string text = ".Bl -tag -width Ds\n";
  for (const auto& [tag, meaning] : items) text += fmt::format(".It {}\n{}", tag, meaning);
  return text + ".El\n";
}

std::string options_section(const std::vector<const Opt*>& options) {
  std::vector<std::pair<std::string, std::string>> items;
  for (const Opt* option : options) {
    items.emplace_back(flag_of(*option), sentences(option_help(*option)));
  }
  return tagged(items);
}

std::string description(const Cmd& command) {
  std::string text =
      ".Sh DESCRIPTION\n" + paragraphs(command.detail.empty() ? command.summary : command.detail);
  std::vector<std::pair<std::string, std::string>> arguments;
  for (const Arg& argument : command.arguments) {
    arguments.emplace_back(fmt::format("Ar {}", argument.name), sentences(argument_help(argument)));
  }
  if (!arguments.empty()) text += ".Pp\nThe arguments are:\n" + tagged(arguments);
  const auto options = listed_options(command);
  if (!options.empty()) text += ".Pp\nThe options are:\n" + options_section(options);
  return text + ".Pp\nThe options that every command takes are described in\n.Xr pcx 1 .\n";
}

std::string exit_section(const std::vector<std::pair<int, std::string_view>>& codes) {
  std::vector<std::pair<std::string, std::string>> items;
  for (const auto& [code, meaning] : codes) {
    items.emplace_back(fmt::format("{}", code), sentences(meaning));
  }
  return ".Sh EXIT STATUS\n" + tagged(items);
}

std::string exits_of(const Cmd& command) {
  std::vector<std::pair<int, std::string_view>> codes{{0, exit_text(0)}};
  for (const ExitNote& note : command.exits) {
    if (note.code == 0) codes.clear();
  }
  for (const ExitNote& note : command.exits) codes.emplace_back(note.code, note.meaning);
  return exit_section(codes) + ".Pp\nAll others are described in\n.Xr pcx 1 .\n";
}

std::string examples_of(const Cmd& command) {
  std::string text;
  for (const Example& example : command.examples) {
    text += fmt::format(".Pp\n{}:\n.Bd -literal -offset indent\n$ {}\n.Ed\n",
                        mdoc_escaped(example.effect), mdoc_escaped(example.command));
  }
  if (text.empty()) return {};
  return ".Sh EXAMPLES\n" + text.substr(text.find('\n') + 1);  // no .Pp after .Sh
}

std::string topic_section(const Topic& topic) {
  std::string heading{topic.name};
  std::transform(heading.begin(), heading.end(), heading.begin(), [](char c) {
    if (c == '-') return ' ';
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  std::string text = fmt::format(".Sh {}\n{}", heading, paragraphs(topic.text));
  if (topic.entries == nullptr) return text;
  std::vector<std::pair<std::string, std::string>> items;
  for (const auto& [label, meaning] : topic.entries()) {
    items.emplace_back(mdoc_escaped(label), sentences(meaning));
  }
  return text + tagged(items);
}

// Topics whose sections have a fixed place in mdoc(7): ENVIRONMENT, then EXIT STATUS.
std::string main_page() {
  const Cmd& root = root_command();
  std::string text = head(root) + synopsis(root);
  text += ".Sh DESCRIPTION\n" + paragraphs(root.detail) + ".Pp\nThe commands are:\n";
  std::vector<std::pair<std::string, std::string>> items;
  for (const Cmd& command : commands()) {
    if (command.hidden || is_group(command)) continue;
    items.emplace_back(fmt::format("Xr {} 1", page_name(command)), sentences(command.summary));
  }
  text += tagged(items);
  for (const std::string_view name : {"options", "connection", "config", "output", "environment"}) {
    text += topic_section(*find_topic(name));
  }
  std::vector<std::pair<int, std::string_view>> codes;
  for (const ExitText& exit : kExitTexts) codes.emplace_back(exit.code, exit.meaning);
  return text + exit_section(codes) + examples_of(root);
}

std::string command_page(const Cmd& command) {
  return head(command) + synopsis(command) + description(command) + exits_of(command) +
         examples_of(command) + ".Sh SEE ALSO\n.Xr pcx 1\n";
}

}  // namespace

std::string mdoc_escaped(std::string_view text) {
  std::string result;
  bool line_starts = true;
  for (const char c : text) {
    if (line_starts && (c == '.' || c == '\'')) result += "\\&";
    line_starts = c == '\n';
    switch (c) {
      case '\\': result += "\\e"; break;
      case '-': result += "\\-"; break;
      case '"': result += "\\(dq"; break;
      case '\'': result += "\\(aq"; break;
      case '~': result += "\\(ti"; break;
      case '^': result += "\\(ha"; break;
      case '`': result += "\\(ga"; break;
      default: result += c;
    }
  }
  return result;
}

std::vector<ManPage> man_pages() {
  std::vector<ManPage> pages{{"pcx.1", main_page()}};
  for (const Cmd& command : commands()) {
    if (command.hidden || is_group(command)) continue;
    pages.push_back({page_name(command) + ".1", command_page(command)});
  }
  return pages;
}

}  // namespace pcx::cli
