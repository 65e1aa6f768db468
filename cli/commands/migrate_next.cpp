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

bool is_repeated(const Values::Entry& entry) {
  return entry.source == Source::flag &&
         std::find(kRepeated.begin(), kRepeated.end(), entry.name) != kRepeated.end();
}

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

}  // namespace

std::string next_command(const Values& values, std::string_view command) {
  std::string words{command};
  for (const auto& entry : values.entries()) {
    if (!is_repeated(entry)) continue;
    words += ' ';
    words += entry.name;
    if (entry.name.starts_with("--allow-")) continue;
    words += ' ' + (entry.name == "--database-url" ? "URL" : shell_word(entry.texts.front()));
  }
  return words;
}

}  // namespace pcx::cli
