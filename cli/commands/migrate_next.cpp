#include "cli/commands/migrate_next.h"

#include <algorithm>
#include <array>

namespace pcx::cli {

namespace {

// What is done, where and why; not how it is shown.
constexpr std::array<std::string_view, 11> kRepeated = {"--dir",           "--to",
                                                        "--steps",         "--allow-edited",
                                                        "--allow-missing", "--allow-out-of-order",
                                                        "--reason",        "--lock-wait",
                                                        "--lock-deadline", "--config",
                                                        "--database-url"};

// Where alone: for a command that is told of, and does something else.
constexpr std::array<std::string_view, 3> kPlace = {"--dir", "--config", "--database-url"};

// The commands that know all options of kPlace.
constexpr std::array<std::string_view, 7> kCommands = {"baseline", "down", "plan",  "resolve",
                                                       "status",   "up",   "verify"};

bool is_plain(char c) {
  constexpr std::string_view kPlain = "%+,-./:=@_";
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || kPlain.find(c) != std::string_view::npos;
}

// One word for a POSIX shell.
std::string shell_word(const std::string& text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return quoted + "'";
}

template <std::size_t N>
std::string words_of(const Values& values, const std::array<std::string_view, N>& names) {
  std::string words;
  for (const auto& entry : values.entries()) {
    const bool is_wanted = std::find(names.begin(), names.end(), entry.name) != names.end();
    if (entry.source != Source::flag || !is_wanted) continue;
    words += ' ';
    words += entry.name;
    if (entry.name.starts_with("--allow-")) continue;
    words += ' ' + (entry.name == "--database-url" ? "URL" : shell_word(entry.texts.front()));
  }
  return words;
}

// The length of the command's name that `text` begins with; 0: of none.
std::size_t command_length(std::string_view text) {
  const std::size_t length =
      std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), text.size());
  const auto* found = std::find(kCommands.begin(), kCommands.end(), text.substr(0, length));
  return found == kCommands.end() ? 0 : length;
}

}  // namespace

std::string next_command(const Values& values, std::string_view command) {
  return std::string{command} + words_of(values, kRepeated);
}

std::string with_place(const Values& values, const std::string& text) {
  constexpr std::string_view kProgram = "pcx migrate ";
  const std::string place = words_of(values, kPlace);
  std::string told = text;
  for (auto at = told.find(kProgram); at != std::string::npos; at = told.find(kProgram, at)) {
    at += kProgram.size();
    const std::size_t length = command_length(std::string_view{told}.substr(at));
    if (length > 0) told.insert(at + length, place);
  }
  return told;
}

}  // namespace pcx::cli
