// Checks of the places where pcx writes: its state, and what a sandbox needs.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/context.h"
#include "cli/doctor.h"
#include "core/text.h"
#include "sandbox/cluster_account.h"
#include "sandbox/layout.h"

namespace pcx::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMegabyte = 1'000'000;
constexpr std::uintmax_t kSpaceMin = 100 * kMegabyte;    // an empty sandbox takes half of it
constexpr std::uintmax_t kSpaceGood = 1000 * kMegabyte;  // a large seed, and its write-ahead log
constexpr const char* kSocketRoot = "/tmp";              // see sandbox/cluster_server.h

std::string account_name(uid_t user) {
  char buffer[4096];
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(user, &entry, buffer, sizeof buffer, &found);
  return found != nullptr ? entry.pw_name : fmt::format("uid {}", user);
}

// Only the sandbox needs it, so its absence is no failure.
Checked check_account(Patient&) {
  try {
    const auto account = sandbox::server_account();
    return {Health::ok,
            fmt::format("a sandbox's server would run as {}", account_name(account.user)),
            {}};
  } catch (const Error& error) {
    return {Health::warn, error.what(), error.hint()};
  }
}

Checked check_socket_root(Patient&) {
  struct stat status {};
  if (::stat(kSocketRoot, &status) != 0 || ::access(kSocketRoot, W_OK | X_OK) != 0) {
    return {Health::warn, fmt::format("{} cannot be written, no sandbox can start", kSocketRoot),
            fmt::format("Make it, and run as root: chmod 1777 {}", kSocketRoot)};
  }
  if ((status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0) {
    return {Health::warn, fmt::format("in {} everybody may replace everything", kSocketRoot),
            fmt::format("Run as root: chmod 1777 {}", kSocketRoot)};
  }
  return {Health::ok, fmt::format("sockets of a sandbox go to {}", kSocketRoot), {}};
}

// Where pcx keeps state; what is not there yet will be made in the nearest folder that is.
std::vector<fs::path> written_places(const Environment& environment) {
  std::vector<fs::path> places{kSocketRoot};
  if (const auto layout = sandbox::default_layout(environment)) places.push_back(layout->folder);
  if (::geteuid() == 0) places.emplace_back(sandbox::kSharedDataRoot);
  return places;
}

std::optional<std::pair<fs::path, std::uintmax_t>> space_at(fs::path place) {
  struct statvfs space {};
  while (::statvfs(place.c_str(), &space) != 0) {
    if (place == place.parent_path()) return std::nullopt;
    place = place.parent_path();
  }
  return std::pair{place, std::uintmax_t{space.f_bavail} * space.f_frsize};
}

Checked check_space(Patient& patient) {
  std::optional<std::pair<fs::path, std::uintmax_t>> least;
  for (const fs::path& place : written_places(patient.context().environment())) {
    const auto space = space_at(place);
    if (space && (!least || space->second < least->second)) least = space;
  }
  if (!least) return {Health::skip, "no folder can be asked", {}};
  return judge_space(escape_controls(least->first.native()), least->second);
}

}  // namespace

Checked judge_space(const std::string& folder, std::uintmax_t bytes_free) {
  const std::string message = fmt::format("{} MB free in {}", bytes_free / kMegabyte, folder);
  if (bytes_free >= kSpaceGood) return {Health::ok, message, {}};
  const std::string hint = "Free some space there: a sandbox with many rows takes a gigabyte.";
  return {bytes_free < kSpaceMin ? Health::fail : Health::warn, message, hint};
}

std::vector<Check> place_checks() {
  return {
      {"sandbox_account", check_account},
      {"sandbox_sockets", check_socket_root},
      {"disk_space", check_space},
  };
}

}  // namespace pcx::cli
