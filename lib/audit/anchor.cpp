#include "audit/anchor.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/descriptor.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kSignature = "\xe2\x80\x94 ";  // an em dash and a blank
constexpr std::size_t kSignatureChars = 92;               // base64 of 4 + 64 bytes, the shortest

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

// A file that is new is found after a crash only once its folder is on the disk, too. Whoever made
// it beforehand for others, in a folder that they may not look into, has seen to that.
void sync_folder(const std::filesystem::path& path, bool is_new) {
  const auto folder = std::filesystem::canonical(path).parent_path();  // a link's is elsewhere
  const Descriptor file{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!file.is_open() && errno == EACCES && !is_new) return;
  if (!file.is_open() || ::fsync(file.number()) != 0) throw_unwritten(path, ErrorCode::io);
}

struct Kept {
  Descriptor file;
  bool is_new = false;
  bool is_regular = true;
};

// A folder is of use to whoever may write a file in it that is there already, whatever else he may.
Kept open_kept(const std::filesystem::path& path) {
  constexpr int kFlags = O_APPEND | O_CLOEXEC;
  Kept kept{.file = Descriptor{::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | kFlags, 0644)}};
  kept.is_new = kept.file.is_open();
  if (!kept.is_new && errno == EEXIST) {
    kept.file = Descriptor{::open(path.c_str(), O_WRONLY | kFlags)};
    if (!kept.file.is_open() && errno == ENOENT) {  // a link to what is not there yet
      kept.file = Descriptor{::open(path.c_str(), O_WRONLY | O_CREAT | kFlags, 0644)};
      kept.is_new = kept.file.is_open();
    }
  }
  if (!kept.file.is_open()) throw_unwritten(path, ErrorCode::cannot_create);
  struct stat status {};
  if (::fstat(kept.file.number(), &status) != 0) throw_unwritten(path, ErrorCode::io);
  kept.is_regular = S_ISREG(status.st_mode);
  return kept;
}

// REQUIRES: it begins like a signature. One that was cut off is shorter, or its line does not end.
bool is_whole(std::string_view line) {
  if (!line.ends_with('\n')) return false;
  line.remove_suffix(1);
  return line.size() - line.rfind(' ') - 1 >= kSignatureChars;
}

// Notes out of lines.
class Splitter {
 public:
  void take(std::string_view line) {
    const bool is_blank = line == "\n";
    if (is_behind_text_ && line.starts_with(kSignature)) {
      if (is_whole(line)) is_signed_ = true, note_ += line;
      return;
    }
    if (is_behind_text_ && (is_signed_ || !is_blank)) finish();
    if (is_blank && note_.empty()) return;
    note_ += line;
    is_behind_text_ = is_blank;
  }
  std::vector<std::string> take_notes() {
    finish();
    return std::move(notes_);
  }

 private:
  void finish() {
    if (is_signed_) notes_.push_back(std::move(note_));
    note_.clear();
    is_behind_text_ = is_signed_ = false;
  }

  std::vector<std::string> notes_;
  std::string note_;             // under way
  bool is_behind_text_ = false;  // the blank line was there
  bool is_signed_ = false;
};

// What has to stand between what the file ends with and a note.
std::string_view separator_behind(std::string_view file) {
  if (file.empty()) return "";
  if (!file.ends_with('\n')) return "\n\n";
  const std::size_t end = file.substr(0, file.size() - 1).rfind('\n');
  const std::string_view last = end == std::string_view::npos ? file : file.substr(end + 1);
  return last.starts_with(kSignature) && is_whole(last) ? "" : "\n";
}

}  // namespace

std::vector<std::string> split_notes(std::string_view file) {
  Splitter splitter;
  while (!file.empty()) {
    const std::size_t end = std::min(file.find('\n'), file.size() - 1) + 1;
    splitter.take(file.substr(0, end));
    file.remove_prefix(end);
  }
  return splitter.take_notes();
}

bool append_note(const std::filesystem::path& path, const std::string& note) {
  const Kept kept = open_kept(path);
  while (::flock(kept.file.number(), LOCK_EX) != 0) {
    if (errno != EINTR) throw_unwritten(path, ErrorCode::io);
  }
  if (!kept.is_regular) {
    write_all(kept.file, note, path);
    return true;
  }
  const std::string content = read_file(path, kAnchorBytesMax);
  const auto notes = split_notes(content);
  if (std::ranges::find(notes, note) != notes.end()) return false;
  try {
    write_all(kept.file, std::string{separator_behind(content)} + note, path);
    if (::fsync(kept.file.number()) != 0) throw_unwritten(path, ErrorCode::io);
  } catch (const Error&) {
    // What the disk had room for says nothing; a file that only grows keeps it.
    if (::ftruncate(kept.file.number(), static_cast<off_t>(content.size())) != 0) throw;
    throw;
  }
  // An empty one may be what somebody made who was stopped right after.
  if (kept.is_new || content.empty()) sync_folder(path, kept.is_new);
  return true;
}

}  // namespace pcx::audit
