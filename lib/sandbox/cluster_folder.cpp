#include "sandbox/cluster_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "sandbox/cluster_files.h"
#include "sandbox/cluster_make.h"
#include "sandbox/cluster_server.h"

namespace pcx::sandbox {

namespace {

std::string shown(const std::filesystem::path& path) { return escape_controls(path.native()); }

// In the order of their removal.
std::array<std::filesystem::path, 6> own_files(const Layout& layout) {
  return {layout.key_file(),    layout.signing_key_file(), layout.password_file(),
          layout.config_file(), layout.state_file(),       layout.lock_file()};
}

// "sandbox.json.x7Yz0a": what a killed atomic write leaves beside its target.
bool is_leftover_of(const std::string& name, const std::string& target) {
  constexpr std::size_t kSuffix = 7;
  return name.size() == target.size() + kSuffix && name.starts_with(target) &&
         name[target.size()] == '.';
}

bool is_own_name(const Layout& layout, const std::string& name) {
  const auto files = own_files(layout);
  return std::any_of(files.begin(), files.end(), [&](const auto& file) {
    return name == file.filename() || is_leftover_of(name, file.filename());
  });
}

// What exists of the sandbox's own files; the state file and the lock last.
std::vector<std::filesystem::path> own_entries(const Layout& layout) {
  const auto files = own_files(layout);
  std::vector<std::filesystem::path> entries = entries_of(layout.folder);
  std::erase_if(entries, [&](const auto& entry) {
    return !is_own_name(layout, entry.filename()) ||
           std::find(files.begin(), files.end(), entry) != files.end();
  });
  entries.insert(entries.end(), files.begin(), files.end());
  std::erase_if(entries, is_absent);
  return entries;
}

void check_owner(const Layout& layout) {
  struct stat status {};
  if (::stat(layout.folder.c_str(), &status) != 0) throw_failed("use", layout.folder, errno);
  if (!S_ISDIR(status.st_mode)) throw_failed("use", layout.folder, ENOTDIR);
  if (status.st_uid == ::geteuid()) return;
  throw Error{ErrorCode::permission,
              fmt::format("{} belongs to another user", shown(layout.folder)),
              "Run pcx sandbox as that user, or name another folder with --dir."};
}

void check_content(const Layout& layout) {
  if (!is_absent(layout.state_file())) return;
  for (const auto& entry : entries_of(layout.folder)) {
    if (is_own_name(layout, entry.filename())) continue;
    throw Error{ErrorCode::conflict,
                fmt::format("{} holds other files and no sandbox", shown(layout.folder)),
                "Name a new or empty folder with --dir."}
        .because("foreign_folder")
        .with_detail(fmt::format("for example {}", shown(entry.filename())));
  }
}

}  // namespace

void claim_folder(const Layout& layout) {
  make_parents(layout.folder);
  if (make_folder(layout.folder, 0700)) return;
  check_owner(layout);
  check_content(layout);
}

void open_folder_to(const Layout& layout, const State& state, const Account& account) {
  const bool passes = account.user != ::geteuid() && state.data_folder == layout.data_folder();
  if (::chmod(layout.folder.c_str(), passes ? 0711 : 0700) == 0) return;
  throw_failed("set the rights of", layout.folder, errno);
}

std::vector<std::filesystem::path> find_belongings(const Layout& layout,
                                                   const std::optional<State>& state) {
  std::vector<std::filesystem::path> found;
  if (state) {
    found = unfinished_data_folders(*state);
    found.insert(found.end(), {state->data_folder, state->socket_folder});
  }
  const auto own = own_entries(layout);
  found.insert(found.end(), own.begin(), own.end());
  found.push_back(layout.folder);
  std::erase_if(found, is_absent);
  return found;
}

void remove_belongings(const Layout& layout, const std::optional<State>& state, Clock& clock) {
  if (state) {
    const Account account =
        is_absent(state->data_folder) ? server_account() : owner_of(state->data_folder);
    remove_unfinished_data_folders(*state, clock);
    remove_tree(state->data_folder);
    remove_socket_folder(*state, account);
  }
  for (const auto& entry : own_entries(layout)) remove_tree(entry);
  remove_if_empty(layout.folder);
}

std::optional<std::int64_t> bytes_below(const std::filesystem::path& folder) {
  if (is_absent(folder)) return std::nullopt;
  constexpr std::int64_t kStatBlock = 512;  // unit of st_blocks, stat(2)
  std::int64_t bytes = 0;
  for (const auto& entry : entries_of(folder)) {
    struct stat status {};
    if (::lstat(entry.c_str(), &status) != 0) continue;
    bytes += status.st_blocks * kStatBlock;
    if (S_ISDIR(status.st_mode)) bytes += bytes_below(entry).value_or(0);
  }
  return bytes;
}

}  // namespace pcx::sandbox
