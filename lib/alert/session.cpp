#include "alert/session.h"

#include <utility>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::alert {
namespace {

// What takes PostgreSQL away in the middle of a run; anything else is a bug or a stop.
bool is_loss(const Error& error) {
  return error.code() == ErrorCode::unreachable || error.code() == ErrorCode::busy ||
         error.code() == ErrorCode::io || error.code() == ErrorCode::permission;
}

}  // namespace

Session::Session(const std::filesystem::path& folder, db::Database* database,
                 std::string environment, Clock& clock, Random& random, const Interrupt& interrupt)
    : files_(folder, clock), database_(database), clock_(clock), random_(random) {
  if (database_ == nullptr) return;
  try {
    lock_.emplace(*database_, kAlertLock, db::AdvisoryLock::Wait{}, clock, interrupt);
    store_.emplace(*database_, std::move(environment), clock_);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unreachable) throw;
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

Memory Session::load() {
  const auto base = files_.base();
  Memory memory;
  const auto question = [&](DatabaseStore& store) { memory = load_from(store, base); };
  if (!ask_database(question)) return files_.load();
  // Another machine went on: should PostgreSQL be lost in this run, then files go on from here.
  if (base || memory.generation != files_.generation()) files_.copy_from_database(memory);
  return memory;
}

Memory Session::load_from(DatabaseStore& store, std::optional<std::int64_t> base) {
  if (base) return load_merged(store, *base);
  Memory memory = store.load();
  // Less: it came from a backup, and the files know what happened after that.
  if (memory.generation >= files_.generation()) return memory;
  return load_merged(store, files_.generation());
}

Memory Session::load_merged(DatabaseStore& store, std::int64_t base) {
  const Memory ours = files_.load();
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
    files_.copy_from_database(memory);
  } else {
    files_.save(memory);
  }
}

void Session::save_line(const OutboxLine& line) {
  ask_database([&](DatabaseStore& store) { store.save_line(line); });
  // In any case: should PostgreSQL be lost later, nothing is sent again.
  files_.save_line(line);
}

void Session::lose(const Error& error) {
  lost_because_ = error.what();
  store_.reset();
}

}  // namespace pcx::alert
