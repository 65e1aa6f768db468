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

constexpr const char* kDebianRoot = "/usr/lib/postgresql";
constexpr int kMajorMin = 13;  // DROP DATABASE ... WITH (FORCE)

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

std::vector<std::filesystem::path> debian_folders() {
  std::vector<std::filesystem::path> folders;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry{kDebianRoot, failure}, end;
       !failure && entry != end; entry.increment(failure)) {
    folders.push_back(entry->path() / "bin");
  }
  std::sort(folders.begin(), folders.end(), [](const auto& left, const auto& right) {
    return leading_number(left.parent_path().filename().native()) >
           leading_number(right.parent_path().filename().native());
  });
  return folders;
}

// pg_config comes with development packages too, so the folder it names may hold no server.
std::vector<std::filesystem::path> candidate_folders(const Environment& environment) {
  std::vector<std::filesystem::path> folders;
  if (const auto pg_config = find_in_path(environment, "pg_config")) {
    folders.emplace_back(run_for_text(*pg_config, "--bindir"));
  }
  const auto debian = debian_folders();
  folders.insert(folders.end(), debian.begin(), debian.end());
  return folders;
}

Programs require_major(Programs programs, std::optional<int> major) {
  if (programs.major < kMajorMin) {
    throw Error{ErrorCode::config,
                fmt::format("{} holds PostgreSQL {}, the sandbox needs {} or newer",
                            escape_controls(programs.folder.native()), programs.version, kMajorMin),
                "Install a newer PostgreSQL server."};
  }
  if (major && programs.major != *major) {
    throw Error{
        ErrorCode::conflict,
        fmt::format("the sandbox's data is of PostgreSQL {}, but the programs are {}", *major,
                    programs.version),
        fmt::format("Run: apt install postgresql-{}. Or run pcx sandbox destroy, then up.", *major)}
        .because("server_version");
  }
  return programs;
}

Programs named_programs(const std::string& folder, std::optional<int> major) {
  auto programs = holds_server(folder) ? read_version(folder) : std::nullopt;
  if (!programs) {
    throw Error{
        ErrorCode::config,
        fmt::format("PCX_POSTGRES_BIN={} holds no PostgreSQL server", escape_controls(folder)),
        "Name the folder that holds initdb, pg_ctl and postgres."};
  }
  return require_major(std::move(*programs), major);
}

}  // namespace

Programs find_programs(const Environment& environment, std::optional<int> major) {
  const auto named = environment.get("PCX_POSTGRES_BIN");
  if (named && !named->empty()) return named_programs(*named, major);

  std::optional<Programs> first;
  for (const auto& folder : candidate_folders(environment)) {
    if (!holds_server(folder)) continue;
    auto programs = read_version(folder);
    if (!programs) continue;
    if (!major || programs->major == *major) return require_major(std::move(*programs), major);
    if (!first) first = std::move(programs);
  }
  if (first) return require_major(std::move(*first), major);  // throws: none is of `major`
  throw Error{ErrorCode::not_found, "no PostgreSQL server is installed",
              "Run: apt install postgresql. Or name the folder of initdb in PCX_POSTGRES_BIN."};
}

std::vector<std::pair<std::string, std::string>> plain_environment() {
  return {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}};
}

}  // namespace pcx::sandbox
