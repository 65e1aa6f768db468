#include "sandbox/cluster_account.h"

#include <array>
#include <pwd.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::sandbox {

namespace {

std::optional<Account> find_account(const char* name) {
  std::array<char, 16 * 1024> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  if (::getpwnam_r(name, &entry, buffer.data(), buffer.size(), &found) != 0) return std::nullopt;
  if (found == nullptr || found->pw_uid == 0) return std::nullopt;
  return Account{found->pw_uid, found->pw_gid};
}

bool may_pass(const struct stat& folder, const Account& account) {
  if (folder.st_uid == account.user) return (folder.st_mode & S_IXUSR) != 0;
  if (folder.st_gid == account.group) return (folder.st_mode & S_IXGRP) != 0;
  return (folder.st_mode & S_IXOTH) != 0;
}

}  // namespace

Account server_account() {
  if (::geteuid() != 0) return {::geteuid(), ::getegid()};
  for (const char* name : {"postgres", "nobody"}) {
    if (const auto account = find_account(name)) return *account;
  }
  throw Error{ErrorCode::config, "there is neither a user postgres nor a user nobody",
              "PostgreSQL refuses to run as root. Run pcx sandbox as an ordinary user."};
}

Account owner_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    throw Error{ErrorCode::not_found,
                fmt::format("{} does not exist", escape_controls(path.native()))};
  }
  return {status.st_uid, status.st_gid};
}

std::optional<std::string> name_of(uid_t user) {
  std::array<char, 16 * 1024> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) != 0) return std::nullopt;
  if (found == nullptr) return std::nullopt;
  return found->pw_name;
}

std::optional<std::pair<std::uint32_t, std::uint32_t>> switch_to(const Account& account) {
  if (account.user == ::geteuid()) return std::nullopt;
  return std::pair<std::uint32_t, std::uint32_t>{account.user, account.group};
}

bool can_reach(const std::filesystem::path& path, const Account& account) {
  std::error_code failure;
  std::filesystem::path folder = std::filesystem::weakly_canonical(path.parent_path(), failure);
  if (failure) return false;
  while (true) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0 || !may_pass(status, account)) return false;
    if (folder == folder.root_path()) return true;
    folder = folder.parent_path();
  }
}

FileSystemUser::FileSystemUser(const Account& account) : before_{::geteuid(), ::getegid()} {
  if (before_.user != 0) return;
  ::setfsgid(account.group);
  ::setfsuid(account.user);
}

FileSystemUser::~FileSystemUser() {
  if (before_.user != 0) return;
  ::setfsuid(before_.user);
  ::setfsgid(before_.group);
}

}  // namespace pcx::sandbox
