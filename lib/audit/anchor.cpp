#include "audit/anchor.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/descriptor.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kSignature = "\xe2\x80\x94 ";  // an em dash and a blank

[[noreturn]] void throw_unwritten(const std::filesystem::path& path, ErrorCode code) {
  throw Error{
      code,
      fmt::format("cannot append to {}: {}", escape_controls(path.native()), std::strerror(errno)),
      "Check the folder, its rights and its disk, then run the command again."};
}

void write_all(const Descriptor& file, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) throw_unwritten(path, ErrorCode::io);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

// A file that is new is found after a crash only once its folder is on the disk, too.
void sync_folder(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
  const Descriptor file{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!file.is_open() || ::fsync(file.number()) != 0) throw_unwritten(path, ErrorCode::io);
}

// Ends with a signature; one that was cut off when the disk was full does not.
bool is_whole(std::string_view note) {
  if (!note.ends_with('\n')) return false;
  note.remove_suffix(1);
  return note.substr(note.rfind('\n') + 1).starts_with(kSignature);
}

}  // namespace

std::vector<std::string> split_notes(std::string_view file) {
  std::vector<std::string> notes;
  bool is_signed = false;  // the note under way has a signature already
  while (!file.empty()) {
    const std::size_t end = std::min(file.find('\n'), file.size() - 1) + 1;
    const std::string_view line = file.substr(0, end);
    file.remove_prefix(end);
    const bool is_signature = line.starts_with(kSignature);
    if (notes.empty() || (is_signed && !is_signature)) notes.emplace_back();
    is_signed = is_signature;
    notes.back() += line;
  }
  return notes;
}

bool append_note(const std::filesystem::path& path, const std::string& note) {
  Descriptor file{::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644)};
  if (!file.is_open()) throw_unwritten(path, ErrorCode::cannot_create);
  while (::flock(file.number(), LOCK_EX) != 0) {
    if (errno != EINTR) throw_unwritten(path, ErrorCode::io);
  }
  const auto notes = split_notes(read_file(path, kAnchorBytesMax));
  if (std::ranges::find(notes, note) != notes.end()) return false;
  if (!notes.empty() && !is_whole(notes.back())) {
    throw Error{ErrorCode::data,
                fmt::format("the last note in {} is not whole", escape_controls(path.native())),
                "The disk was full once, or it is another file. Take its last lines out, from the "
                "first line of that note on."};
  }
  write_all(file, note, path);
  if (::fsync(file.number()) != 0) throw_unwritten(path, ErrorCode::io);
  if (notes.empty()) sync_folder(path);
  if (!file.close_now()) throw_unwritten(path, ErrorCode::io);
  return true;
}

}  // namespace pcx::audit
