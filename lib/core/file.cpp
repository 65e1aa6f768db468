#include "core/file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <linux/magic.h>

#include "core/descriptor.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx {

namespace {

std::string shown(const std::filesystem::path& path) { return escape_controls(path.native()); }

[[noreturn]] void throw_unreadable(const std::filesystem::path& path, int error_number) {
  const std::string what =
      fmt::format("cannot read {}: {}", shown(path), std::strerror(error_number));
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

struct OpenFile {
  Descriptor file;
  struct stat status;
};

OpenFile open_regular(const std::filesystem::path& path) {
  OpenFile opened{Descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)}, {}};
  if (opened.file.number() < 0) throw_unreadable(path, errno);
  if (::fstat(opened.file.number(), &opened.status) != 0) throw_unreadable(path, errno);
  if (S_ISDIR(opened.status.st_mode)) {
    throw Error{ErrorCode::data, fmt::format("{} is a folder, not a file", shown(path)),
                "Put a file in its place, or name another one."};
  }
  // Opening must not hang at a pipe without a writer; reading must wait for one that is slow.
  ::fcntl(opened.file.number(), F_SETFL, 0);
  return opened;
}

// Reads to the end, into whatever grows by append(): pipes and /dev/stdin included.
template <typename Sink>
void read_all(const std::filesystem::path& path, int descriptor, std::size_t bytes_max, Sink sink) {
  struct Buffer {  // the file may be a secret
    char bytes[64 * 1024];
    std::size_t used = 0;
    ~Buffer() { ::explicit_bzero(bytes, used); }
  } buffer;
  std::size_t total = 0;
  while (true) {
    const ssize_t got = ::read(descriptor, buffer.bytes, sizeof buffer.bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_unreadable(path, errno);
    if (got == 0) break;
    buffer.used = std::max(buffer.used, static_cast<std::size_t>(got));
    total += static_cast<std::size_t>(got);
    if (total > bytes_max) {
      throw Error{ErrorCode::data,
                  fmt::format("{} is longer than {} bytes", shown(path), bytes_max)};
    }
    sink(std::string_view{buffer.bytes, static_cast<std::size_t>(got)});
  }
}

[[noreturn]] void throw_unwritable(const std::filesystem::path& path, int error_number) {
  const bool disk = error_number == ENOSPC || error_number == EDQUOT || error_number == EIO ||
                    error_number == EFBIG;
  throw Error{disk ? ErrorCode::io : ErrorCode::cannot_create,
              fmt::format("cannot write {}: {}", shown(path), std::strerror(error_number)),
              disk ? "Free some space and try again; the old file is as it was."
                   : "Name a file in a folder that exists and that this user may write to."};
}

void write_all(const std::filesystem::path& path, int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_unwritable(path, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

// A temporary file beside the target, removed again unless kept.
class TemporaryFile {
 public:
  TemporaryFile(const std::filesystem::path& target, unsigned mode)
      : name_(target.native() + ".XXXXXX"), file_(::mkostemp(name_.data(), O_CLOEXEC)) {
    if (file_.number() < 0) {
      name_.clear();
      throw_unwritable(target, errno);
    }
    if (::fchmod(file_.number(), mode) != 0) throw_unwritable(target, errno);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }
  int descriptor() const { return file_.number(); }

  void move_to(const std::filesystem::path& target) {
    make_durable(target);
    if (::rename(name_.c_str(), target.c_str()) != 0) throw_unwritable(target, errno);
    name_.clear();
  }

  // False when there is something of that name.
  bool link_to(const std::filesystem::path& target) {
    make_durable(target);
    if (::link(name_.c_str(), target.c_str()) == 0) return true;
    if (errno != EEXIST) throw_unwritable(target, errno);
    return false;
  }

 private:
  void make_durable(const std::filesystem::path& target) {
    if (::fsync(file_.number()) != 0 || !file_.close_now()) throw_unwritable(target, errno);
  }

  std::string name_;
  Descriptor file_;
};

// A link of /proc stands for an open file: /dev/stdout, /dev/fd/3.
bool is_of_proc(const std::filesystem::path& link) {
  struct statfs system {};
  const std::filesystem::path folder = link.has_parent_path() ? link.parent_path() : ".";
  return ::statfs(folder.c_str(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

// Where the content goes.
struct Destination {
  std::filesystem::path path;
  bool is_stream = false;  // takes what is appended, and must not be replaced
};

// Follows symbolic links, so that replacing the file leaves the link alone; a link to nothing is
// replaced itself. Pipes and devices cannot be replaced, and must not: root would turn /dev/null
// into a file. Neither must a file that others have open and go on writing, behind /dev/stdout.
Destination destination_of(const std::filesystem::path& path) {
  constexpr int kLinksMax = 40;  // as many as Linux follows
  std::filesystem::path place = path;
  std::error_code failure;
  for (int links = 0; links < kLinksMax && std::filesystem::is_symlink(place, failure); ++links) {
    if (is_of_proc(place)) return {path, true};
    place = place.parent_path() / std::filesystem::read_symlink(place, failure);
  }
  struct stat status {};
  if (::stat(place.c_str(), &status) != 0) return {path, false};
  return {place, !S_ISREG(status.st_mode)};
}

void append_to(const std::filesystem::path& path, std::string_view content) {
  Descriptor stream{::open(path.c_str(), O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC)};
  if (!stream.is_open()) throw_unwritable(path, errno);
  write_all(path, stream.number(), content);
  if (!stream.close_now()) throw_unwritable(path, errno);
}

// Makes a new name durable. Some file systems cannot (EINVAL), and a folder that may be written but
// not read cannot be opened for it: the file itself is safe on disk all the same.
void sync_folder_of(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  const Descriptor folder{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder.is_open() && errno == EACCES) return;
  if (!folder.is_open()) throw_unwritable(path, errno);
  if (::fsync(folder.number()) != 0 && errno != EINVAL) throw_unwritable(path, errno);
}

bool belongs_to_us(const struct stat& status) {
  return status.st_uid == ::geteuid() || status.st_uid == 0;
}

Error unreadable_folder(const std::filesystem::path& folder, const std::error_code& reason) {
  const std::string what =
      fmt::format("cannot read folder {}: {}", shown(folder), std::strerror(reason.value()));
  if (reason == std::errc::no_such_file_or_directory) return {ErrorCode::not_found, what};
  if (reason == std::errc::permission_denied) return {ErrorCode::permission, what};
  return {reason == std::errc::not_a_directory ? ErrorCode::data : ErrorCode::io, what};
}

}  // namespace

std::vector<std::filesystem::path> paths_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code failed;
  for (std::filesystem::directory_iterator at{folder, failed}, end; !failed && at != end;
       at.increment(failed)) {
    paths.push_back(at->path());
  }
  if (failed) throw unreadable_folder(folder, failed);
  return paths;
}

std::string read_file(const std::filesystem::path& path, std::size_t bytes_max) {
  const OpenFile opened = open_regular(path);
  std::string content;
  read_all(path, opened.file.number(), bytes_max,
           [&](std::string_view piece) { content += piece; });
  return content;
}

Secret read_secret_file(const std::filesystem::path& path, std::size_t bytes_max) {
  const OpenFile opened = open_regular(path);
  const bool regular = S_ISREG(opened.status.st_mode);
  if (regular && ((opened.status.st_mode & 0077) != 0 || !belongs_to_us(opened.status))) {
    throw Error{ErrorCode::permission, fmt::format("{} can be read by others", shown(path)),
                fmt::format("Run: chmod 600 {}", shown(path))};
  }
  Secret buffer = Secret::with_size(bytes_max);
  std::size_t size = 0;
  read_all(path, opened.file.number(), bytes_max, [&](std::string_view piece) {
    std::memcpy(buffer.writable_bytes().data() + size, piece.data(), piece.size());
    size += piece.size();
  });
  std::string_view content = buffer.reveal_text().substr(0, size);
  if (content.ends_with('\n')) {
    content.remove_suffix(1);
    if (content.ends_with('\r')) content.remove_suffix(1);
  }
  return Secret{content};
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content,
                           unsigned mode) {
  const auto [target, is_stream] = destination_of(path);
  if (is_stream) return append_to(target, content);
  TemporaryFile temporary{target, mode};
  write_all(path, temporary.descriptor(), content);
  temporary.move_to(target);
  sync_folder_of(target);
}

void create_secret_file(const std::filesystem::path& path, const Secret& content) {
  TemporaryFile temporary{path, 0600};
  write_all(path, temporary.descriptor(), content.reveal_text());
  if (!temporary.link_to(path)) {
    throw Error{ErrorCode::cannot_create, fmt::format("{} exists already", shown(path)),
                "Name another file: what is in this one may be needed."}
        .because("exists");
  }
  sync_folder_of(path);
}

void require_writable(const std::filesystem::path& path) {
  const auto [target, is_stream] = destination_of(path);
  if (is_stream) {
    append_to(target, {});
  } else {
    const TemporaryFile probe{target, 0600};
  }
}

bool is_trusted(const std::filesystem::path& path) {
  struct stat file {};
  struct stat folder {};
  const std::filesystem::path parent =
      path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
  if (::stat(path.c_str(), &file) != 0 || ::stat(parent.c_str(), &folder) != 0) return false;
  const auto is_safe = [](const struct stat& status) {
    return belongs_to_us(status) && (status.st_mode & 0022) == 0;
  };
  return is_safe(file) && is_safe(folder);
}

}  // namespace pcx
