// One run's hold on the memory: a lock, PostgreSQL while it answers, files beside it and instead of
// it.
//
// The files have what PostgreSQL has, at the end of every run. A run that does not reach PostgreSQL
// goes on from them; the next that does merges what happened since (memory.h) and writes it back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "alert/memory.h"
#include "alert/store.h"
#include "core/clock.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/advisory_lock.h"
#include "db/database.h"

namespace pcx::alert {

class Session final : public Store {
 public:
  // `database` may be nullptr: it cannot be reached, or has no schema pcx that may be written. It
  // outlives the session.
  //
  // Throws Error{busy} when another run is under way, on this machine or another; what FileStore
  // throws.
  Session(const std::filesystem::path& folder, db::Database* database, std::string environment,
          Clock& clock, Random& random, const Interrupt& interrupt);

  // With what a file knew and PostgreSQL did not (any more: it may come from a backup).
  Memory load() override;
  // To PostgreSQL and the files; to the files alone once PostgreSQL was lost. Throws what the
  // files throw.
  void save(Memory& memory) override;
  // Likewise. REQUIRES: the line is of the memory that was saved last.
  void save_line(const OutboxLine& line) override;

  // Why PostgreSQL is not written to, if it was there at first; empty: it is, or never was.
  const std::string& lost_because() const { return lost_because_; }

 private:
  // false: there is none, or it was lost in the middle.
  bool ask_database(const std::function<void(DatabaseStore&)>& question);
  Memory load_from(DatabaseStore& store, std::optional<std::int64_t> base);
  Memory load_merged(DatabaseStore& store, std::int64_t base);
  void lose(const Error& error);
  Event merged_event(const Memory& ours, Time now);

  FileStore files_;
  db::Database* database_;
  Clock& clock_;
  Random& random_;
  std::optional<db::AdvisoryLock> lock_;
  std::optional<DatabaseStore> store_;
  std::string lost_because_;
};

}  // namespace pcx::alert
