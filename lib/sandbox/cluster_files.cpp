#include "sandbox/cluster_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::sandbox {

namespace {

ErrorCode code_of(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EIO: return ErrorCode::io;
    case EACCES:
    case EPERM:
    case EROFS: return ErrorCode::permission;
    default: return ErrorCode::cannot_create;
  }
}

void synchronise(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throw_failed("open the folder", folder, errno);
  const int result = ::fsync(descriptor);
  const int error_number = errno;
  ::close(descriptor);
  if (result != 0) throw_failed("synchronise the folder", folder, error_number);
}

}  // namespace

void throw_failed(std::string_view doing, const std::filesystem::path& path, int error_number) {
  throw Error{code_of(error_number),
              fmt::format("cannot {} {}: {}", doing, escape_controls(path.native()),
                          std::strerror(error_number))};
}

bool make_folder(const std::filesystem::path& path, unsigned mode) {
  if (::mkdir(path.c_str(), mode) != 0) {
    if (errno == EEXIST) return false;
    throw_failed("make the folder", path, errno);
  }
  // mkdir(2) subtracts the umask; the mode is a promise.
  if (::chmod(path.c_str(), mode) != 0) throw_failed("set the rights of", path, errno);
  return true;
}

void make_parents(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.parent_path();
  struct stat status {};
  if (parent == path || ::stat(parent.c_str(), &status) == 0) return;
  make_parents(parent);
  make_folder(parent, 0700);
}

void give_to(const std::filesystem::path& path, const Account& account) {
  if (account.user == ::geteuid()) return;
  if (::lchown(path.c_str(), account.user, account.group) != 0) {
    throw_failed("change the owner of", path, errno);
  }
}

bool is_absent(const std::filesystem::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry{folder, failure}, end; !failure && entry != end;
       entry.increment(failure)) {
    entries.push_back(entry->path());
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    throw_failed("read the folder", folder, failure.value());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

void remove_tree(const std::filesystem::path& path) {
  constexpr int kAttemptsMax = 100;
  std::error_code failure;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    std::filesystem::remove_all(path, failure);
    const bool changes = failure == std::errc::directory_not_empty ||
                         failure == std::errc::no_such_file_or_directory;
    if (!changes) break;
  }
  if (failure) throw_failed("remove", path, failure.value());
}

void remove_if_empty(const std::filesystem::path& path) {
  if (::rmdir(path.c_str()) == 0) return;
  if (errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR) return;
  throw_failed("remove the folder", path, errno);
}

void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw_failed("rename to", to, errno);
  synchronise(to.parent_path());
}

}  // namespace pcx::sandbox
