#include "db/advisory_lock.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/log.h"
#include "core/time.h"
#include "db/sql.h"

namespace pcx::db {
namespace {

constexpr std::string_view kReleased = "released";  // while it was asked who holds it

bool try_lock(Database& database, const AdvisoryKey& key) {
  return database.query(sql::try_advisory_lock, {key.number}).one()["taken"].as<bool>();
}

LockHolder holder_of(const Row& row) {
  return {.pid = row["pid"].as<int>(),
          .user = row["user_name"].as<std::string>(),
          .application = row["application"].as<std::string>(),
          .client_address = row["client_address"].as<std::string>(),
          .held_for = std::chrono::seconds{row["held_for_s"].as<std::int64_t>()}};
}

Error held_error(Database& database, const AdvisoryKey& key) {
  const auto holder = find_lock_holder(database, key);
  if (!holder) {  // released between the last try and this question
    return Error{ErrorCode::busy, fmt::format("the lock \"{}\" was held until just now", key.name),
                 "Run the command again."}
        .because(std::string{kReleased});
  }
  return Error{ErrorCode::busy,
               fmt::format("the lock \"{}\" is held by {}", key.name, to_string(*holder)),
               fmt::format("Wait for it to end, then run the command again. If it hangs, "
                           "`SELECT pg_terminate_backend({})` ends it.",
                           holder->pid)};
}

}  // namespace

AdvisoryLock::AdvisoryLock(Database& database, const AdvisoryKey& key, const Wait& wait,
                           Clock& clock, const Interrupt& interrupt)
    : database_(&database), key_(key) {
  database.require_session_state();
  take(wait, clock, interrupt);
}

AdvisoryLock::AdvisoryLock(AdvisoryLock&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)),
      key_(other.key_),
      held_(std::exchange(other.held_, false)),
      backend_pid_(other.backend_pid_) {}

void AdvisoryLock::take(const Wait& wait, Clock& clock, const Interrupt& interrupt) {
  const auto until = clock.steady_now() + wait.deadline;
  while (!try_lock(*database_, key_)) {
    const auto left = until - clock.steady_now();
    if (left <= std::chrono::nanoseconds{0}) {
      const Error error = held_error(*database_, key_);
      if (error.reason() != kReleased || !try_lock(*database_, key_)) throw error;
      break;
    }
    interrupt.throw_if_requested();
    clock.sleep_for(std::min<std::chrono::nanoseconds>(left, wait.poll));
  }
  held_ = true;
  backend_pid_ = database_->backend_pid();
}

void AdvisoryLock::retake(const Wait& wait, Clock& clock, const Interrupt& interrupt) {
  if (!held_) take(wait, clock, interrupt);
}

AdvisoryLock::~AdvisoryLock() {
  try {
    release();
  } catch (const Error& error) {
    // The session is lost or in a failed transaction; the lock ends with it at the latest.
    log::debug("an advisory lock was not released",
               {{"lock", std::string{key_.name}}, {"error", error.what()}});
  }
}

void AdvisoryLock::release() {
  const bool was_held = std::exchange(held_, false);
  if (!was_held || database_->backend_pid() != backend_pid_) return;  // ended with its session
  database_->query(sql::release_advisory_lock, {key_.number});
}

std::string to_string(const LockHolder& holder) {
  std::string text = fmt::format("process {} on the server", holder.pid);
  if (!holder.application.empty()) text += fmt::format(", \"{}\"", holder.application);
  if (!holder.user.empty()) text += fmt::format(" of role {}", holder.user);
  if (!holder.client_address.empty()) text += fmt::format(" from {}", holder.client_address);
  if (holder.held_for == std::chrono::seconds{0}) return text + ", for less than a second";
  return text + fmt::format(", since at least {}", to_short_text(holder.held_for));
}

std::optional<LockHolder> find_lock_holder(Database& database, const AdvisoryKey& key) {
  const Result rows = database.query(sql::find_advisory_locks, {key.number});
  if (rows.empty()) return std::nullopt;
  return holder_of(rows[0]);
}

std::vector<HeldLock> find_advisory_locks(Database& database) {
  std::vector<HeldLock> locks;
  for (const auto& row : database.query(sql::find_advisory_locks, {nullptr})) {
    locks.push_back(
        {row["key"].as<std::int64_t>(), row["database"].as<std::string>(), holder_of(row)});
  }
  return locks;
}

}  // namespace pcx::db
