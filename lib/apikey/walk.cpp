#include "apikey/walk.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <linux/magic.h>

#include "core/descriptor.h"
#include "core/error.h"
#include "core/stream.h"
#include "core/text.h"

namespace pcx::apikey {

namespace {

namespace fs = std::filesystem;

// Stays in the second cache between read(2) and the search.
constexpr std::size_t kBlockBytes = std::size_t{256} * 1024;
constexpr int kOpenFlags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

// What was read may hold secrets.
class Block {
 public:
  Block() : bytes_(std::make_unique_for_overwrite<char[]>(kBlockBytes)) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { ::explicit_bzero(bytes_.get(), used_); }

  // As read(2), begun again when a signal comes between.
  ssize_t read_from(int descriptor) {
    ssize_t got = -1;
    do {
      got = ::read(descriptor, bytes_.get(), kBlockBytes);
    } while (got < 0 && errno == EINTR);
    if (got > 0) used_ = std::max(used_, static_cast<std::size_t>(got));
    return got;
  }
  std::string_view first(ssize_t size) const {
    return {bytes_.get(), static_cast<std::size_t>(size)};
  }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t used_ = 0;
};

// Its files are made while they are read; some never end.
bool is_made_by_kernel(int folder) {
  struct statfs system {};
  if (::fstatfs(folder, &system) != 0) return false;
  const auto type = static_cast<unsigned long>(system.f_type);
  return type == PROC_SUPER_MAGIC || type == SYSFS_MAGIC || type == DEBUGFS_MAGIC ||
         type == TRACEFS_MAGIC;
}

struct CloseFolder {
  void operator()(DIR* stream) const noexcept { ::closedir(stream); }
};

// The names in an open folder, as far as they can be read; 0 or why there are no more.
int read_names(int folder, std::vector<std::string>& names) {
  const int own = ::fcntl(folder, F_DUPFD_CLOEXEC, 0);  // the stream closes it
  const std::unique_ptr<DIR, CloseFolder> stream{own < 0 ? nullptr : ::fdopendir(own)};
  if (stream == nullptr) {
    const int failure = errno;
    if (own >= 0) ::close(own);
    return failure;
  }
  errno = 0;
  while (const dirent* const entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return errno;
}

class Walk {
 public:
  Walk(const ScanEvents& events, Interrupt* interrupt)
      : events_(events), interrupt_(interrupt), watch_(interrupt) {}

  void open_and_scan(const fs::path& path);
  void scan_file(int descriptor, const fs::path& name);
  ScanTotals finish() const {
    throw_if_stopped();
    return totals_;
  }

 private:
  void scan_folder(Descriptor folder, const fs::path& name, dev_t device);
  void scan_entry(const fs::path& path, dev_t folder_device);
  void throw_if_stopped() const {
    if (interrupt_ != nullptr) interrupt_->throw_if_requested();
  }
  void tell_unread(const fs::path& path, int error_number) {
    ++totals_.unread;
    events_.unread(path, std::strerror(error_number));
  }

  const ScanEvents& events_;
  Interrupt* interrupt_;
  InterruptWatch watch_;
  ScanTotals totals_;
  Block block_;
};

[[noreturn]] void throw_unreadable(const fs::path& path, int error_number) {
  const std::string what = fmt::format("cannot read {}: {}", escape_controls(path.native()),
                                       std::strerror(error_number));
  switch (error_number) {
    case ENOENT:
    case ENOTDIR: throw Error{ErrorCode::not_found, what, "Check the path."};
    case EACCES:
    case EPERM:
      throw Error{ErrorCode::permission, what,
                  "Give this user the right to read it and to enter its folder."};
    default: throw Error{ErrorCode::io, what, "Check the disk, then run the command again."};
  }
}

void Walk::open_and_scan(const fs::path& path) {
  Descriptor opened{::open(path.c_str(), kOpenFlags)};
  struct stat status {};
  if (!opened.is_open() || ::fstat(opened.number(), &status) != 0) throw_unreadable(path, errno);
  if (S_ISDIR(status.st_mode)) return scan_folder(std::move(opened), path, status.st_dev);
  // Opening must not hang at a pipe without a writer; reading must wait for one that is slow.
  ::fcntl(opened.number(), F_SETFL, 0);
  scan_file(opened.number(), path);
}

void Walk::scan_file(int descriptor, const fs::path& name) {
  Scanner scanner{[&](FoundKey key) {
    ++totals_.keys;
    events_.found(name, std::move(key));
  }};
  while (true) {
    wait_until_readable(descriptor, watch_);
    throw_if_stopped();
    const ssize_t got = block_.read_from(descriptor);
    if (got < 0) return tell_unread(name, errno);
    if (got == 0) break;
    totals_.bytes += static_cast<std::uint64_t>(got);
    scanner.put(block_.first(got));
    if (events_.progress) events_.progress(totals_);
  }
  ++totals_.files;
}

// Deeper than the longest path of the system it does not go: what is below cannot be opened, and is
// told as unread. The folder is closed before its entries are opened, so depth costs no
// descriptors.
void Walk::scan_folder(Descriptor folder, const fs::path& name, dev_t device) {
  std::vector<std::string> entries;
  const int failure = read_names(folder.number(), entries);
  folder = Descriptor{};
  if (failure != 0) tell_unread(name, failure);
  std::sort(entries.begin(), entries.end());
  for (const std::string& entry : entries) scan_entry(name / entry, device);
}

void Walk::scan_entry(const fs::path& path, dev_t folder_device) {
  // Before opening: that alone can make a device do something.
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return tell_unread(path, errno);
  const auto is_ours = [&] { return S_ISREG(status.st_mode) || S_ISDIR(status.st_mode); };
  if (!is_ours()) return void(++totals_.skipped);
  Descriptor opened{::open(path.c_str(), kOpenFlags | O_NOFOLLOW)};
  if (!opened.is_open() || ::fstat(opened.number(), &status) != 0) return tell_unread(path, errno);
  if (!is_ours()) return void(++totals_.skipped);  // changed in between
  if (S_ISREG(status.st_mode)) return scan_file(opened.number(), path);
  if (status.st_dev != folder_device && is_made_by_kernel(opened.number())) {
    return void(++totals_.skipped);
  }
  scan_folder(std::move(opened), path, status.st_dev);
}

}  // namespace

ScanTotals scan_path(const fs::path& path, const ScanEvents& events, Interrupt* interrupt) {
  Walk walk{events, interrupt};
  walk.open_and_scan(path);
  return walk.finish();
}

ScanTotals scan_open_file(int descriptor, const fs::path& name, const ScanEvents& events,
                          Interrupt* interrupt) {
  Walk walk{events, interrupt};
  walk.scan_file(descriptor, name);
  return walk.finish();
}

}  // namespace pcx::apikey
