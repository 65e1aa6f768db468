// Session-level advisory locks that say who holds them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/interrupt.h"
#include "db/database.h"

namespace pcx::db {

// Keys of one 64-bit number, as pg_advisory_lock(bigint). Persistent: never change one.
struct AdvisoryKey {
  std::int64_t number;
  std::string_view name;  // for people: "pcx migrate", "Prisma migrate"
};

struct LockHolder {
  int pid = 0;
  std::string user;
  std::string application;
  std::string client_address;       // empty: a Unix socket
  std::chrono::seconds held_for{};  // age of the holder's session state change
};

// Held until destroyed or the session ends. Never waits inside the server (a blocking
// pg_advisory_lock holds a snapshot): tries, sleeps, tries again.
class AdvisoryLock {
 public:
  struct Wait {
    std::chrono::milliseconds deadline{0};  // 0: one try
    std::chrono::milliseconds poll{200};
  };

  // REQUIRES: database.require_session_state() does not throw.
  // Throws Error{busy} naming the holder when the deadline passed; the Interrupt's error when a
  // stop was requested while waiting.
  AdvisoryLock(Database& database, const AdvisoryKey& key, const Wait& wait, Clock& clock,
               const Interrupt& interrupt);
  AdvisoryLock(AdvisoryLock&&) noexcept;
  AdvisoryLock& operator=(AdvisoryLock&&) = delete;
  ~AdvisoryLock();

  void release();
  // After release(): waits for it again, and throws, as the constructor does.
  void retake(const Wait& wait, Clock& clock, const Interrupt& interrupt);

 private:
  void take(const Wait& wait, Clock& clock, const Interrupt& interrupt);

  Database* database_;  // nullptr: moved away
  AdvisoryKey key_;
  bool held_ = false;
  int backend_pid_ = 0;  // of the session that holds it
};

// "process 4711 on the server, "Flyway" of role app from 10.0.0.1, since at least 3 s"
std::string to_string(const LockHolder& holder);

struct HeldLock {
  std::int64_t key;
  std::string database;  // the name of this one
  LockHolder holder;
};

// The locks that other sessions hold in this database, of all whose key is one 64-bit number.
std::vector<HeldLock> find_advisory_locks(Database& database);

// Who holds `key` in this database right now; std::nullopt when nobody does.
std::optional<LockHolder> find_lock_holder(Database& database, const AdvisoryKey& key);

}  // namespace pcx::db
