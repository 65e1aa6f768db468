// The account that the server runs as: this user, or for root, whom initdb refuses, another one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>

namespace pcx::sandbox {

struct Account {
  uid_t user = 0;
  gid_t group = 0;
};

// This user; for root: postgres when it exists, else nobody. Throws Error{config} when root has
// neither.
Account server_account();

// The owner of what exists already, without following a symbolic link. Throws Error{not_found}.
Account owner_of(const std::filesystem::path& path);

// As the system's user database knows it; std::nullopt when it does not.
std::optional<std::string> name_of(uid_t user);

// For pcx::Command: std::nullopt when the account is this user.
std::optional<std::pair<std::uint32_t, std::uint32_t>> switch_to(const Account& account);

// True when `account` may pass through every folder above `path` (execute permission by owner,
// group or others; access control lists only ever make this answer too careful).
bool can_reach(const std::filesystem::path& path, const Account& account);

// While it lives, this thread looks at the file system, /proc included, as `account`. Root in a
// container may have lost the right to look into other users' processes (CAP_SYS_PTRACE); their
// own user always may. Does nothing for ordinary users.
class FileSystemUser {
 public:
  explicit FileSystemUser(const Account& account);
  FileSystemUser(const FileSystemUser&) = delete;
  FileSystemUser& operator=(const FileSystemUser&) = delete;
  ~FileSystemUser();

 private:
  Account before_;
};

}  // namespace pcx::sandbox
