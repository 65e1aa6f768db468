#include "alert/session.h"

#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "crypto/digest.h"

namespace pcx::alert {
namespace {

// What takes PostgreSQL away in the middle of a run; anything else is a bug or a stop.
bool is_loss(const Error& error) {
  return error.code() == ErrorCode::unreachable || error.code() == ErrorCode::busy ||
         error.code() == ErrorCode::io || error.code() == ErrorCode::permission;
}

bool is_of_disk(const Error& error) {
  return error.code() == ErrorCode::io || error.code() == ErrorCode::cannot_create;
}

// The generation from which ours is to be merged into theirs; none: theirs is all there is. `base`:
// of files that are ahead.
std::optional<std::int64_t> merge_base(const Memory& theirs, const Memory& ours,
                                       std::optional<std::int64_t> base,
                                       const std::filesystem::path& folder) {
  const bool is_other =
      !theirs.origin.empty() && !ours.origin.empty() && theirs.origin != ours.origin;
  if (base && is_other) throw other_database(folder);
  if (base) return base;
  // Less: it came from a backup, and the files know what happened after that.
  if (is_other || theirs.generation >= ours.generation) return std::nullopt;
  return ours.generation;
}

Memory look_at(DatabaseStore store, const PeekedMemory& files,
               const std::filesystem::path& folder) {
  Memory theirs = store.load();
  const auto base = merge_base(theirs, files.memory, files.base, folder);
  return base ? merge(store.load_beside(files.memory), files.memory, *base) : theirs;
}

}  // namespace

std::string MemoryOwner::of_files() const {
  constexpr std::size_t kDigits = 12;
  return crypto::sha256_hex(environment + '\n' + database).substr(0, kDigits);
}

Session::Session(const std::filesystem::path& folder, db::Database* database,
                 const MemoryOwner& owner, Clock& clock, Random& random, const Interrupt& interrupt)
    : folder_(folder),
      files_(folder, clock, owner.of_files()),
      database_(database),
      clock_(clock),
      random_(random) {
  if (database_ == nullptr) return;
  try {
    lock_.emplace(*database_, kAlertLock, db::AdvisoryLock::Wait{}, clock, interrupt);
    store_.emplace(*database_, owner.environment, clock_);
  } catch (const Error& error) {
    // The server's own busy has a state of its own.
    if (error.code() == ErrorCode::busy && error.sqlstate().empty()) {
      throw Error{error}.because(kAnotherRun);
    }
    if (!is_loss(error)) throw;
    lose(error);
  }
}

bool Session::ask_database(const std::function<void(DatabaseStore&)>& question) {
  if (!store_) return false;
  try {
    question(*store_);
    return true;
  } catch (const Error& error) {
    if (!is_loss(error)) throw;
    lose(error);
    return false;
  }
}

// What the files know, and what PostgreSQL's memory was when they went on from it.
Memory Session::load_files(std::optional<std::int64_t>& base) {
  Memory ours;
  const auto read = [&] {
    ours = files_.load();
    base = files_.base();
  };
  if (store_) {
    also_in_files(read);
  } else {
    read();
  }
  goes_on_ = base.has_value();
  return ours;
}

Memory Session::load() {
  std::optional<std::int64_t> base;
  const Memory ours = load_files(base);
  Memory memory;
  const auto question = [&](DatabaseStore& store) { memory = load_from(store, ours, base); };
  if (!ask_database(question)) {
    require_files();
    return ours;
  }
  // Another machine went on: should PostgreSQL be lost in this run, then files go on from here.
  if (base || memory.generation != ours.generation || memory.origin != ours.origin) {
    also_in_files([&] { files_.copy_from_database(memory); });
  }
  if (memory.origin.empty()) memory.origin = uuid_v4(random_);
  return memory;
}

Memory Session::load_from(DatabaseStore& store, const Memory& ours,
                          std::optional<std::int64_t> base) {
  Memory theirs = store.load();
  const auto from = merge_base(theirs, ours, base, folder_);
  return from ? load_merged(store, ours, *from) : theirs;
}

Memory Session::load_merged(DatabaseStore& store, const Memory& ours, std::int64_t base) {
  Memory merged = merge(store.load_beside(ours), ours, base);
  // A run that was killed left attempts, and nothing else.
  if (!ours.new_events.empty()) {
    const Time now = std::chrono::floor<std::chrono::milliseconds>(clock_.wall_now());
    merged.new_events.push_back(merged_event(ours, now));
  }
  store.save(merged);
  return merged;
}

Event Session::merged_event(const Memory& ours, Time now) {
  return {.id = uuid_v4(random_),
          .at = now,
          .kind = "merged",
          .alert_id = {},
          .dedup_key = {},
          .labels = {},
          .text = fmt::format("runs without the database, with {} events", ours.new_events.size()),
          .by = {}};
}

void Session::save(Memory& memory) {
  if (ask_database([&](DatabaseStore& store) { store.save(memory); })) {
    also_in_files([&] { files_.copy_from_database(memory); });
  } else {
    in_files_alone([&] { files_.save(memory); });
  }
}

void Session::save_line(const OutboxLine& line) {
  // In files in any case: should PostgreSQL be lost later, nothing is sent again.
  if (ask_database([&](DatabaseStore& store) { store.save_line(line); })) {
    also_in_files([&] { files_.save_line(line); });
  } else {
    in_files_alone([&] { files_.save_line(line); });
  }
}

void Session::in_files_alone(const std::function<void()>& write) {
  require_files();
  try {
    write();
  } catch (const Error& error) {
    if (!is_of_disk(error)) throw;
    throw Error{error.code(), fmt::format("{}; the database is away, too", error.what()),
                error.hint()};
  }
}

void Session::also_in_files(const std::function<void()>& write) {
  if (!files_fail_because_.empty()) return;
  try {
    write();
  } catch (const Error& error) {
    if (!is_of_disk(error)) throw;
    files_fail_because_ = error.what();
  }
}

void Session::require_files() const {
  if (files_fail_because_.empty()) return;
  throw Error{ErrorCode::io,
              fmt::format("neither the database nor files can be written: {}", files_fail_because_),
              "Check the folder, its rights and its disk, then run the command again."};
}

void Session::lose(const Error& error) {
  lost_because_ = error.what();
  has_lost_lock_ = lock_.has_value() && error.code() == ErrorCode::unreachable;
  store_.reset();
}

Memory look(const std::filesystem::path& folder, db::Database* database, const MemoryOwner& owner,
            const Clock& clock, const Remark& remark) {
  // First: what a run merges meanwhile is seen twice, not missed.
  PeekedMemory files;
  try {
    files = peek_files(folder, owner.of_files());
  } catch (const Error& error) {
    if (database == nullptr || !is_loss(error)) throw;
    remark(error.what());
  }
  if (database == nullptr) return files.memory;
  try {
    return look_at(DatabaseStore{*database, owner.environment, clock}, files, folder);
  } catch (const Error& error) {
    if (!is_loss(error)) throw;
    remark(fmt::format("this is what files have: {}", error.what()));
    return files.memory;
  }
}

}  // namespace pcx::alert
