#include "sandbox/cluster_programs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::sandbox {

namespace {

constexpr int kMajorMin = 15;  // the oldest that pcx is tested with

std::string run_for_text(const std::filesystem::path& program, const std::string& argument) {
  Command command;
  command.argv = {program.native(), argument};
  command.environment = plain_environment();
  const Finished finished = run_command(command);
  return finished.exit_code == 0 ? std::string{trim(finished.output)} : std::string{};
}

bool holds_server(const std::filesystem::path& folder) {
  constexpr std::array kWanted{"initdb", "pg_ctl", "postgres"};
  return std::all_of(kWanted.begin(), kWanted.end(), [&](const char* name) {
    return ::access((folder / name).c_str(), X_OK) == 0;
  });
}

int leading_number(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;  // 0 when there is none
}

// "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)".
std::optional<Programs> read_version(const std::filesystem::path& folder) {
  const std::vector<std::string> words = split(run_for_text(folder / "postgres", "--version"), ' ');
  if (words.size() < 3 || words[1] != "(PostgreSQL)") return std::nullopt;
  return Programs{folder, words[2], leading_number(words[2])};
}

std::optional<std::filesystem::path> find_in_path(const Environment& environment,
                                                  std::string_view name) {
  for (const std::string& folder : split(environment.get("PATH").value_or("/usr/bin"), ':')) {
    if (!folder.starts_with('/')) continue;
    const std::filesystem::path program = std::filesystem::path{folder} / name;
    if (::access(program.c_str(), X_OK) == 0) return program;
  }
  return std::nullopt;
}

// pg_config comes with development packages too, so the folder it names may hold no server.
std::vector<std::filesystem::path> candidate_folders(const Environment& environment,
                                                     const std::filesystem::path& debian_root) {
  std::vector<std::filesystem::path> folders;
  if (const auto pg_config = find_in_path(environment, "pg_config")) {
    folders.emplace_back(run_for_text(*pg_config, "--bindir"));
  }
  std::error_code failure;
  for (std::filesystem::directory_iterator entry{debian_root, failure}, end;
       !failure && entry != end; entry.increment(failure)) {
    folders.push_back(entry->path() / "bin");
  }
  return folders;
}

// Every set of programs that is installed, newest first; of the same version pg_config's, which is
// the one that PATH names.
std::vector<Programs> installed_programs(const Environment& environment,
                                         const std::filesystem::path& debian_root) {
  std::vector<Programs> installed;
  for (const auto& folder : candidate_folders(environment, debian_root)) {
    if (!holds_server(folder)) continue;
    if (auto programs = read_version(folder)) installed.push_back(std::move(*programs));
  }
  std::stable_sort(installed.begin(), installed.end(),
                   [](const auto& left, const auto& right) { return left.major > right.major; });
  return installed;
}

// "PostgreSQL 14.11 in /usr/lib/postgresql/14/bin, PostgreSQL ..."
std::string described(const std::vector<Programs>& found) {
  std::vector<std::string> texts;
  for (const Programs& programs : found) {
    texts.push_back(fmt::format("PostgreSQL {} in {}", escape_controls(programs.version),
                                escape_controls(programs.folder.native())));
  }
  return join(texts, ", ");
}

[[noreturn]] void throw_too_old(const std::vector<Programs>& found) {
  throw Error{ErrorCode::config,
              fmt::format("the sandbox needs PostgreSQL {} or newer, there is only {}", kMajorMin,
                          described(found)),
              fmt::format("Run: apt install postgresql-{}. Or name the folder of a newer initdb in "
                          "PCX_POSTGRES_BIN.",
                          kMajorMin)}
      .because("server_version");
}

[[noreturn]] void throw_other_major(int major, const std::vector<Programs>& found) {
  if (major < kMajorMin) {
    throw Error{ErrorCode::conflict,
                fmt::format("the sandbox's data is of PostgreSQL {}, this pcx needs {} or newer",
                            major, kMajorMin),
                "Run pcx sandbox destroy, then up."}
        .because("server_version");
  }
  throw Error{
      ErrorCode::conflict,
      fmt::format("the sandbox's data is of PostgreSQL {}, but there is only {}", major,
                  described(found)),
      fmt::format("Run: apt install postgresql-{}. Or run pcx sandbox destroy, then up.", major)}
      .because("server_version");
}

// The newest of `found` (newest first, not empty) that will do.
Programs choose(std::vector<Programs> found, std::optional<int> major) {
  const auto chosen = std::find_if(found.begin(), found.end(), [&](const Programs& programs) {
    return programs.major >= kMajorMin && (!major || programs.major == *major);
  });
  if (chosen != found.end()) return std::move(*chosen);
  if (major) throw_other_major(*major, found);
  throw_too_old(found);
}

Programs named_programs(const std::string& folder, std::optional<int> major) {
  auto programs = holds_server(folder) ? read_version(folder) : std::nullopt;
  if (!programs) {
    throw Error{
        ErrorCode::config,
        fmt::format("PCX_POSTGRES_BIN={} holds no PostgreSQL server", escape_controls(folder)),
        "Name the folder that holds initdb, pg_ctl and postgres."};
  }
  return choose({std::move(*programs)}, major);
}

}  // namespace

Programs find_programs(const Environment& environment, std::optional<int> major,
                       const std::filesystem::path& debian_root) {
  const auto named = environment.get("PCX_POSTGRES_BIN");
  if (named && !named->empty()) return named_programs(*named, major);
  auto found = installed_programs(environment, debian_root);
  if (!found.empty()) return choose(std::move(found), major);
  throw Error{ErrorCode::not_found, "no PostgreSQL server is installed",
              "Run: apt install postgresql. Or name the folder of initdb in PCX_POSTGRES_BIN."};
}

std::vector<std::pair<std::string, std::string>> plain_environment() {
  return {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}};
}

}  // namespace pcx::sandbox
