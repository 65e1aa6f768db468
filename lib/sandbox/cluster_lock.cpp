#include "sandbox/cluster_lock.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "sandbox/cluster_files.h"

namespace pcx::sandbox {

namespace {

constexpr std::chrono::milliseconds kPause{50};

int open_lock(const Layout& layout) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  const int descriptor = ::open(layout.lock_file().c_str(), kFlags, 0600);
  if (descriptor < 0) throw_failed("open the lock file", layout.lock_file(), errno);
  return descriptor;
}

// `destroy` removes the lock file while others wait for it: a lock on a removed file locks nothing.
bool is_current(const Layout& layout, int descriptor) {
  struct stat held {};
  struct stat named {};
  return ::fstat(descriptor, &held) == 0 && ::stat(layout.lock_file().c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

// -1 when somebody else has it.
int try_lock(const Layout& layout) {
  const int descriptor = open_lock(layout);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && is_current(layout, descriptor)) {
    return descriptor;
  }
  ::close(descriptor);
  return -1;
}

}  // namespace

FolderLock::FolderLock(const Layout& layout, Clock& clock, std::chrono::milliseconds wait,
                       const Interrupt* interrupt) {
  const auto give_up_at = clock.steady_now() + wait;
  while ((descriptor_ = try_lock(layout)) < 0) {
    if (clock.steady_now() >= give_up_at) {
      throw Error{ErrorCode::busy,
                  fmt::format("another pcx sandbox command works on {}",
                              escape_controls(layout.folder.native())),
                  "Wait for it to end and try again."};
    }
    clock.sleep_for(kPause);
    if (interrupt != nullptr) interrupt->throw_if_requested();
  }
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace pcx::sandbox
