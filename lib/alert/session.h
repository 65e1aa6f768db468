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

// Whose memory it is: PostgreSQL keeps one for each environment, and files belong to one
// environment of one database.
struct MemoryOwner {
  std::string environment;
  std::string database;  // as db::address_of() says

  // 12 digits.
  std::string of_files() const;
};

class Session final : public Store {
 public:
  // `database` may be nullptr: it cannot be reached, or has no schema pcx that may be written. It
  // outlives the session.
  //
  // Throws Error{busy} when another run is under way, on this machine or another; what FileStore
  // throws.
  Session(const std::filesystem::path& folder, db::Database* database, const MemoryOwner& owner,
          Clock& clock, Random& random, const Interrupt& interrupt);

  // With what a file knew and PostgreSQL did not (any more: it may come from a backup). Files of
  // another database are replaced; Error{conflict} with reason "other_database" when they are ahead
  // of it.
  Memory load() override;
  // To PostgreSQL and the files; to the files alone once PostgreSQL was lost. Throws what the
  // files throw where they are the only ones.
  void save(Memory& memory) override;
  // Likewise. REQUIRES: the line is of the memory that was saved last.
  void save_line(const OutboxLine& line) override;
  // False once the connection was lost in the middle, and the lock with it: another run may be at
  // it. When files are ahead already this is no first time, and somebody has to deliver.
  bool is_ours() const override { return !has_lost_lock_ || goes_on_; }

  // Why PostgreSQL is not written to, if it was there at first; empty: it is, or never was.
  const std::string& lost_because() const { return lost_because_; }
  // Why the files are not written to though PostgreSQL is: a full disk here is no reason to tell
  // nobody. Empty: they are.
  const std::string& files_fail_because() const { return files_fail_because_; }

 private:
  // false: there is none, or it was lost in the middle.
  bool ask_database(const std::function<void(DatabaseStore&)>& question);
  Memory load_from(DatabaseStore& store, const Memory& ours, std::optional<std::int64_t> base);
  Memory load_merged(DatabaseStore& store, const Memory& ours, std::int64_t base);
  Memory load_files(std::optional<std::int64_t>& base);
  void lose(const Error& error);
  void require_files() const;
  // PostgreSQL is not there, or takes nothing.
  void in_files_alone(const std::function<void()>& write);
  // REQUIRES: PostgreSQL has what is written.
  void also_in_files(const std::function<void()>& write);
  Event merged_event(const Memory& ours, Time now);

  std::filesystem::path folder_;
  FileStore files_;
  db::Database* database_;
  Clock& clock_;
  Random& random_;
  std::optional<db::AdvisoryLock> lock_;
  std::optional<DatabaseStore> store_;
  std::string lost_because_;
  std::string files_fail_because_;
  bool has_lost_lock_ = false;
  bool goes_on_ = false;  // from a run without PostgreSQL
};

// What somebody who only looks should be told: the phrase why something was not asked.
using Remark = std::function<void(const std::string&)>;

// As Session::load() has it, to look at: takes no lock and writes nothing. Files that cannot be
// read are passed over when PostgreSQL is there, and PostgreSQL when it cannot be read; `remark`
// says so.
Memory look(const std::filesystem::path& folder, db::Database* database, const MemoryOwner& owner,
            const Clock& clock, const Remark& remark);

}  // namespace pcx::alert
