// Checks of this machine and of the configuration.
#include <algorithm>
#include <array>
#include <filesystem>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/build_info.h"
#include "cli/context.h"
#include "cli/doctor.h"
#include "cli/terminal.h"
#include "core/file.h"
#include "core/redact.h"
#include "core/secret.h"
#include "core/text.h"
#include "sandbox/cluster_programs.h"

namespace pcx::cli {

namespace {

Checked check_version(Patient&) { return {Health::ok, std::string{trim(version_line())}, {}}; }

// The variables of POSIX's locale in their order.
Checked check_locale(Patient& patient) {
  for (const std::string_view name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = patient.context().environment().get(name).value_or("");
    if (value.empty()) continue;
    const bool is_utf8 =
        value.find("UTF-8") != std::string::npos || value.find("utf8") != std::string::npos;
    if (is_utf8) return {Health::ok, fmt::format("{}={}", name, value), {}};
    return {Health::warn, fmt::format("{}={} is not UTF-8", name, value),
            "Names beyond ASCII may look wrong. Set LANG=C.UTF-8."};
  }
  return {Health::warn, "no locale is set", "Set LANG=C.UTF-8."};
}

Checked check_terminal(Patient& patient) {
  if (!is_terminal(STDOUT_FILENO)) return {Health::skip, "standard output is no terminal", {}};
  const auto& environment = patient.context().environment();
  const auto term = environment.get("TERM").value_or("");
  if (term.empty() || term == "dumb") {
    return {Health::warn, "TERM names no terminal", "Set TERM, for example to xterm-256color."};
  }
  return {
      Health::ok,
      fmt::format("{}, {}", term, use_color("auto", true, environment) ? "colour" : "no colour"),
      {}};
}

Checked check_config(Patient& patient) {
  if (const auto& mistake = patient.config_mistake()) {
    const std::string place = to_string(mistake->location());
    return {Health::fail,
            place.empty() ? mistake->what() : fmt::format("{}: {}", place, mistake->what()),
            mistake->hint()};
  }
  const auto& path = patient.config().path();
  if (path.empty()) return {Health::ok, "no configuration file, the defaults hold", {}};
  if (!is_trusted(path)) {
    return {Health::warn, fmt::format("{} may be changed by others", path.string()),
            fmt::format("Let it and its folder belong to you or root, and run 'chmod go-w {}'.",
                        path.string())};
  }
  return {Health::ok, path.string(), {}};
}

bool holds_secret(std::string_view key, const YamlNode& node) {
  if (node.kind == YamlNode::Kind::scalar) {
    return !node.text.empty() && (names_secret(key) || redact(node.text) != node.text);
  }
  const auto in_member = [](const auto& member) {
    return holds_secret(member.first, member.second);
  };
  const auto in_item = [key](const YamlNode& item) { return holds_secret(key, item); };
  return std::any_of(node.members.begin(), node.members.end(), in_member) ||
         std::any_of(node.items.begin(), node.items.end(), in_item);
}

Checked check_config_mode(Patient& patient) {
  const auto& path = patient.config().path();
  if (path.empty()) return {Health::skip, "no configuration file was read", {}};
  if (!holds_secret({}, patient.config().root())) return {Health::ok, "it holds no secrets", {}};
  using std::filesystem::perms;
  const auto rights = std::filesystem::status(path).permissions();
  if ((rights & (perms::group_all | perms::others_all)) == perms::none) {
    return {Health::ok, "it holds secrets, and only its owner may read it", {}};
  }
  return {
      Health::fail, fmt::format("{} holds secrets and others may read it", path.string()),
      fmt::format("Run 'chmod 0600 {}', and replace what others may have seen.", path.string())};
}

template <std::size_t N>
std::string found_among(const std::array<const char*, N>& paths) {
  for (const char* path : paths) {
    std::error_code ignored;  // a folder that may not be read holds nothing for us either
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return {};
}

Checked check_completion(Patient&) {
  constexpr std::array kPlaces = {"/usr/share/bash-completion/completions/pcx",
                                  "/usr/local/share/bash-completion/completions/pcx",
                                  "/usr/share/zsh/vendor-completions/_pcx",
                                  "/usr/share/fish/vendor_completions.d/pcx.fish"};
  const std::string place = found_among(kPlaces);
  if (!place.empty()) return {Health::ok, place, {}};
  return {Health::warn, "no completion script is installed",
          "Install the package, or see 'pcx help completion'."};
}

Checked check_man(Patient&) {
  constexpr std::array kPlaces = {"/usr/share/man/man1/pcx.1.gz", "/usr/share/man/man1/pcx.1",
                                  "/usr/local/share/man/man1/pcx.1.gz",
                                  "/usr/local/share/man/man1/pcx.1"};
  const std::string place = found_among(kPlaces);
  if (!place.empty()) return {Health::ok, place, {}};
  return {Health::warn, "no man page is installed",
          "Install the package; 'pcx help' says the same meanwhile."};
}

// Only the sandbox needs them, so their absence is no failure.
Checked check_postgres(Patient& patient) {
  try {
    const auto programs = sandbox::find_programs(patient.context().environment());
    return {Health::ok,
            fmt::format("PostgreSQL {} in {}", programs.version, programs.folder.string()),
            {}};
  } catch (const Error& error) {
    return {Health::warn, error.what(), error.hint()};
  }
}

Checked check_secrets(Patient&) {
  const Secret sample = Secret::with_size(64);
  if (secrets_locked()) return {Health::ok, "secrets are locked into memory", {}};
  return {Health::warn, "secrets cannot be locked into memory and might be swapped out",
          "Raise the limit: 'ulimit -l', or LimitMEMLOCK= of the service."};
}

}  // namespace

std::vector<Check> machine_checks() {
  return {
      {"version", check_version},         {"locale", check_locale},
      {"terminal", check_terminal},       {"config", check_config},
      {"config_mode", check_config_mode}, {"completion", check_completion},
      {"man_pages", check_man},           {"postgres_programs", check_postgres},
      {"memory_lock", check_secrets},
  };
}

}  // namespace pcx::cli
