#include "cli/terminal.h"

#include <algorithm>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/values.h"

namespace pcx::cli {

namespace {

bool is_set(const Environment& environment, std::string_view name) {
  const auto value = environment.get(name);
  return value && !value->empty();
}

}  // namespace

bool use_color(std::string_view choice, bool is_terminal, const Environment& environment) {
  if (choice == "always") return true;
  if (choice == "never" || is_set(environment, "NO_COLOR")) return false;
  const auto force = environment.get("CLICOLOR_FORCE").value_or("");
  if (!force.empty() && force != "0") return true;
  if (environment.get("CLICOLOR") == "0") return false;
  return is_terminal && environment.get("TERM").value_or("dumb") != "dumb";
}

bool is_terminal(int descriptor) { return isatty(descriptor) != 0; }

std::size_t terminal_columns(int descriptor, const Environment& environment) {
  constexpr std::size_t kFewest = 20;
  winsize size{};
  if (isatty(descriptor) != 0 && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return std::max<std::size_t>(size.ws_col, kFewest);
  }
  const auto value = parse_integer(environment.get("COLUMNS").value_or(""));
  return value && *value > 0 ? std::max(static_cast<std::size_t>(*value), kFewest) : 80;
}

std::size_t help_columns(const Environment& environment) {
  return std::clamp(terminal_columns(STDOUT_FILENO, environment), std::size_t{40}, kHelpColumnsMax);
}

}  // namespace pcx::cli
