#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <map>
#include <set>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "alert/memory_fields.h"
#include "alert/memory_items.h"
#include "alert/store.h"
#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "crypto/digest.h"

namespace pcx::alert {
namespace {

constexpr const char* kMemoryFile = "memory.json";
constexpr const char* kOutboxFile = "outbox.jsonl";
constexpr std::int64_t kVersion = 1;  // of memory.json
constexpr std::size_t kDigestDigits = 16;
constexpr std::int64_t kWholeMax = std::numeric_limits<std::int64_t>::max();
constexpr JsonLimits kFileLimits{.bytes_max = kMemoryBytesMax};

std::string shown(const std::filesystem::path& path) { return escape_controls(path.native()); }

[[noreturn]] void throw_failed(ErrorCode code, const char* what, const std::filesystem::path& path,
                               int error_number) {
  throw Error{code, fmt::format("cannot {} {}: {}", what, shown(path), std::strerror(error_number)),
              "Check the folder, its rights and its disk, then run the command again."};
}

// Others could read what alerts say, or tell pcx that nothing fires.
void require_own(int folder, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(folder, &status) != 0) throw_failed(ErrorCode::io, "look at", path, errno);
  if (status.st_uid != ::geteuid()) {
    throw Error{ErrorCode::permission, fmt::format("{} belongs to another user", shown(path)),
                "Name a folder of the user that runs pcx."};
  }
  if ((status.st_mode & 0077) == 0) return;
  throw Error{ErrorCode::permission, fmt::format("{} can be entered by others", shown(path)),
              fmt::format("Run: chmod 700 {}", shown(path))};
}

Descriptor lock_folder(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    throw_failed(ErrorCode::cannot_create, "make", path, errno);
  }
  Descriptor folder{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!folder.is_open()) {
    const bool may_not = errno == EACCES || errno == EPERM;
    throw_failed(may_not ? ErrorCode::permission : ErrorCode::cannot_create, "open", path, errno);
  }
  require_own(folder.number(), path);
  while (::flock(folder.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) throw_failed(ErrorCode::io, "lock", path, errno);
    throw Error{ErrorCode::busy, fmt::format("another pcx alert works in {}", shown(path)),
                "Wait until it has ended."}
        .because(kAnotherRun);
  }
  return folder;
}

// What a process left that was killed while it wrote.
void remove_leavings(const std::filesystem::path& folder) {
  const std::string beginning = std::string{kMemoryFile} + ".";
  for (const auto& path : paths_in(folder)) {
    if (path.filename().native().starts_with(beginning)) ::unlink(path.c_str());
  }
}

bool is_there(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return true;
  if (errno != ENOENT) throw_failed(ErrorCode::io, "look at", path, errno);
  return false;
}

// The database has what they had at the end of the last run that reached it.
Document parse_kept(const std::string& text, const std::filesystem::path& path) {
  try {
    return parse_json(text, shown(path), kFileLimits);
  } catch (const Error& error) {
    throw Error{
        error.code(), error.what(),
        fmt::format("Move {} away: the next run begins with what the database has.", shown(path))}
        .at(error.location());
  }
}

Error too_long(const std::filesystem::path& path, std::size_t bytes, std::size_t bytes_max) {
  Error error{ErrorCode::data,
              fmt::format("{} would have {} bytes, more than {}", shown(path), bytes, bytes_max),
              "Narrow the rules: so many alerts are not read by anybody."};
  return error.because("too_much");
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// The newest, in their order.
void keep_newest(std::vector<Event>& events, Time since, std::size_t count) {
  std::erase_if(events, [since](const Event& event) { return event.at < since; });
  if (events.size() <= count) return;
  events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(count));
}

void keep_newest(std::vector<OutboxLine>& lines, Time since, std::size_t count) {
  const auto is_over = [](const OutboxLine& line) { return line.ended_at.has_value(); };
  auto ended = static_cast<std::size_t>(std::ranges::count_if(lines, is_over));
  std::erase_if(lines, [&](const OutboxLine& line) {
    if (!line.ended_at || (*line.ended_at >= since && ended <= count)) return false;
    --ended;
    return true;
  });
}

std::vector<Event> joined(std::vector<Event> events, const std::vector<Event>& more) {
  std::set<std::string> known;
  for (const Event& event : events) known.insert(event.id);
  for (const Event& event : more) {
    if (known.insert(event.id).second) events.push_back(event);
  }
  return events;
}

// What became of lines, whether the memory knows them already or not: the last attempt counts.
void put(std::vector<OutboxLine>& outbox, std::vector<OutboxLine> attempts) {
  std::map<std::string, OutboxLine> last;
  for (OutboxLine& line : attempts) last.insert_or_assign(line.id, std::move(line));
  for (OutboxLine& line : outbox) {
    const auto attempt = last.find(line.id);
    if (attempt == last.end()) continue;
    line = std::move(attempt->second);
    last.erase(attempt);
  }
  for (auto& [id, line] : last) outbox.push_back(std::move(line));
}

bool is_anothers(const Fields& fields, const std::string& owner) {
  return fields.find("owner") != nullptr && fields.text("owner") != owner;
}

}  // namespace

Error other_database(const std::filesystem::path& folder) {
  Error error{ErrorCode::conflict,
              fmt::format("the state in {} is another database's or environment's", shown(folder)),
              "Name another folder with --state-dir, or move that one away: what runs without "
              "their database knew is in it alone."};
  return error.because("other_database");
}

FileStore::FileStore(std::filesystem::path folder, const Clock& clock, std::string owner,
                     const Retention& retention, std::size_t bytes_max)
    : folder_(std::move(folder)),
      clock_(clock),
      owner_(std::move(owner)),
      retention_(retention),
      bytes_max_(bytes_max),
      lock_(lock_folder(folder_)) {
  remove_leavings(folder_);
}

// Its last line may be torn: whoever wrote it was killed, or the disk was full.
void FileStore::open_outbox() {
  if (outbox_.is_open()) return;
  const auto path = folder_ / kOutboxFile;
  constexpr int kFlags = O_RDWR | O_APPEND | O_CLOEXEC;
  outbox_ = Descriptor{::open(path.c_str(), kFlags)};
  const bool is_new = !outbox_.is_open() && errno == ENOENT;
  if (is_new) outbox_ = Descriptor{::open(path.c_str(), kFlags | O_CREAT, 0600)};
  if (!outbox_.is_open()) throw_failed(ErrorCode::cannot_create, "write", path, errno);
  const std::string text = read_file(path, kMemoryBytesMax);
  const std::size_t whole = text.rfind('\n') + 1;  // 0 without any
  if (whole < text.size() && ::ftruncate(outbox_.number(), static_cast<off_t>(whole)) != 0) {
    throw_failed(ErrorCode::io, "mend", path, errno);
  }
  if (is_new && ::fsync(lock_.number()) != 0) throw_failed(ErrorCode::io, "write", folder_, errno);
}

std::vector<OutboxLine> FileStore::read_attempts() {
  open_outbox();
  const auto path = folder_ / kOutboxFile;
  std::vector<OutboxLine> lines;
  std::size_t number = 0;
  for (const std::string& text : split(read_file(path, kMemoryBytesMax), '\n')) {
    ++number;
    if (text.empty()) continue;
    const std::string place = fmt::format("{}:{}", shown(path), number);
    const Document attempt = parse_json(text, place);
    const Fields fields{attempt, place};
    if (fields.text("after") != followed_) continue;
    lines.push_back(line_of(fields.at("line"), place));
  }
  return lines;
}

// What follows is of no content yet.
Memory FileStore::nothing() {
  followed_.clear();
  kept_ = Kept{};
  return {};
}

Memory FileStore::read() {
  const auto path = folder_ / kMemoryFile;
  if (!is_there(path)) return nothing();
  const std::string text = read_file(path, bytes_max_);
  const Document document = parse_kept(text, path);
  const Fields fields{document, shown(path)};
  if (fields.whole("version", 0, kWholeMax) != kVersion) {
    fields.refuse("version", "another pcx has written it");
  }
  Memory memory = memory_of(fields.at("memory"));
  kept_ = Kept{.generation = memory.generation,
               .base = fields.whole("base", 0, kWholeMax),
               .is_ahead = fields.flag("is_ahead"),
               .has_attempts = false,
               .events = memory.new_events};
  followed_ = crypto::sha256_hex(text).substr(0, kDigestDigits);
  if (!is_anothers(fields, owner_)) return memory;
  if (kept_->is_ahead || !read_attempts().empty()) throw other_database(folder_);
  return nothing();
}

PeekedMemory peek_files(const std::filesystem::path& folder, const std::string& owner) {
  const auto path = folder / kMemoryFile;
  if (!is_there(path)) return {};
  const Document document = parse_kept(read_file(path, kMemoryBytesMax), path);
  const Fields fields{document, shown(path)};
  if (is_anothers(fields, owner)) return {};
  PeekedMemory peeked{.memory = memory_of(fields.at("memory")), .base = std::nullopt};
  if (fields.flag("is_ahead")) peeked.base = fields.whole("base", 0, kWholeMax);
  return peeked;
}

Memory FileStore::load() {
  Memory memory = read();
  std::vector<OutboxLine> attempts = read_attempts();
  kept_->has_attempts = !attempts.empty();
  put(memory.outbox, std::move(attempts));
  return memory;
}

void FileStore::write(const Memory& memory, Kept kept) {
  Document document = Document::object();
  document.set("version", kVersion);
  document.set("owner", owner_);
  document.set("base", kept.base);
  document.set("is_ahead", kept.is_ahead);
  document.set("memory", to_document(memory));
  const std::string text = stored_json(document) + '\n';
  if (text.size() > bytes_max_) throw too_long(folder_ / kMemoryFile, text.size(), bytes_max_);
  open_outbox();
  write_file_atomically(folder_ / kMemoryFile, text, 0600);
  followed_ = crypto::sha256_hex(text).substr(0, kDigestDigits);
  kept_ = std::move(kept);
  // Attempts that are still there follow another content, and are passed over.
  if (::ftruncate(outbox_.number(), 0) != 0) outbox_.close_now();
}

void FileStore::save(Memory& memory) {
  require_limits(memory);
  if (!kept_) load();
  if (memory.generation != kept_->generation) {
    throw Error{ErrorCode::conflict,
                fmt::format("the memory in {} is at generation {}, not {}", shown(folder_),
                            kept_->generation, memory.generation),
                "Somebody else has written it meanwhile. Run the command again."}
        .because("generation");
  }
  const Time now = clock_.wall_now();
  Memory after = memory;
  keep_newest(after.outbox, now - retention_.ended, kFileEventsMax);
  std::erase_if(after.silences, [since = now - retention_.ended](const Silence& silence) {
    return silence.expired_at && *silence.expired_at < since;
  });
  after.new_events = joined(kept_->events, memory.new_events);
  keep_newest(after.new_events, now - retention_.events, kFileEventsMax);
  ++after.generation;
  write(after, {.generation = after.generation,
                .base = kept_->base,
                .is_ahead = true,
                .has_attempts = false,
                .events = after.new_events});
  after.new_events.clear();
  memory = std::move(after);
}

void FileStore::append(const std::string& text) {
  const auto path = folder_ / kOutboxFile;
  open_outbox();
  struct stat before {};
  if (::fstat(outbox_.number(), &before) != 0) throw_failed(ErrorCode::io, "look at", path, errno);
  if (write_all(outbox_.number(), text) && ::fdatasync(outbox_.number()) == 0) return;
  const int why = errno;
  // A half line is cut off here, or else when the file is opened again.
  if (::ftruncate(outbox_.number(), before.st_size) != 0) outbox_.close_now();
  throw_failed(ErrorCode::io, "write", path, why);
}

void FileStore::save_line(const OutboxLine& line) {
  if (!kept_) load();
  Document attempt = Document::object();
  attempt.set("after", followed_);
  attempt.set("line", to_document(line));
  append(stored_json(attempt) + '\n');
  kept_->has_attempts = true;
}

std::optional<std::int64_t> FileStore::base() {
  if (!kept_) load();
  if (!kept_->is_ahead && !kept_->has_attempts) return std::nullopt;
  return kept_->base;
}

void FileStore::copy_from_database(const Memory& memory) {
  require_limits(memory);
  Memory copy = memory;
  copy.new_events.clear();
  write(copy, {.generation = copy.generation,
               .base = copy.generation,
               .is_ahead = false,
               .has_attempts = false,
               .events = {}});
}

}  // namespace pcx::alert
