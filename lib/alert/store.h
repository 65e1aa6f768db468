// Where the memory is kept: PostgreSQL (schema pcx), and files for when PostgreSQL is what is down.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alert/memory.h"
#include "alert/sample.h"
#include "core/clock.h"
#include "core/descriptor.h"
#include "db/advisory_lock.h"
#include "db/database.h"

namespace pcx::alert {

// The reason of Error{busy}: another run has the lock, of the database or of the folder.
inline constexpr const char* kAnotherRun = "another_run";

// Held by a run, from reading to its last delivery. The bytes "pcxalert".
inline constexpr db::AdvisoryKey kAlertLock{0x706378616c657274, "pcx alert"};

// How long what is over is kept at least, beyond what the memory still holds (memory.h).
struct Retention {
  std::chrono::hours events{std::chrono::days{400}};
  std::chrono::hours ended{std::chrono::days{30}};  // lines of the outbox and silences
  int saves = 32;  // one in so many has PostgreSQL look for what is older; 1 at least
};

class Store {
 public:
  virtual ~Store() = default;
  virtual Memory load() = 0;
  // All of it or nothing, with what changed since load() or the last save(). Afterwards new_events
  // are written and cleared, the generation is the new one, and what has ended too long ago is
  // forgotten (forget_ended()); references into `memory` end here. It is as it was when it throws:
  // Error{conflict} with reason "generation" when somebody else wrote since, Error{data} beyond
  // kMemoryItemsMax.
  virtual void save(Memory& memory) = 0;
  // One line of the outbox, durable when it returns: called for every attempt, so it must not cost
  // what save() costs. The generation stays.
  virtual void save_line(const OutboxLine& line) = 0;
  // False: the lock that kept others away is gone, so that what is sent now may cross with what
  // they send.
  virtual bool is_ours() const { return true; }
};

// REQUIRES: schema pcx is there (db/schema). One transaction for each call. Times come from
// `clock`. Throws as db::Database does, and Error{data} naming table and row for what pcx did not
// write.
class DatabaseStore final : public Store {
 public:
  DatabaseStore(db::Database& database, std::string environment, const Clock& clock,
                const Retention& retention = {});
  Memory load() override;
  // As load(), for merge() with `ours`: with what PostgreSQL knows beyond its memory of the alerts,
  // incidents, lines and silences that ours still has, since those ended here. Alerts that ended
  // are in it as resolved.
  Memory load_beside(const Memory& ours);
  void save(Memory& memory) override;
  void save_line(const OutboxLine& line) override;

  // What the tables have: the JSON of each row by its key. Only what differs is written.
  struct Known {
    using Rows = std::map<std::string, std::string>;
    Rows alerts, incidents, outbox, silences, readings;
  };

 private:
  db::Query question() const;
  Memory take(const db::Result& rows);

  db::Database& database_;
  std::string environment_;
  const Clock& clock_;
  Retention retention_;
  std::optional<Known> known_;  // once it was read
};

// The folder's files have what only a database knows that is not this one.
Error other_database(const std::filesystem::path& folder);

// Files in a folder that only their owner can enter (0700): memory.json, replaced as a whole, and
// outbox.jsonl, to which attempts are appended. Each attempt names the content of memory.json that
// it follows, so that those of an older one are passed over; a last line that is torn is cut off,
// as its attempt is repeated. The folder itself is the lock (flock): one process at a time.
//
// memory.json names its owner. Another owner's is as good as none, and replaced, unless there is
// something in it that its PostgreSQL does not have.
//
// Until PostgreSQL has them (copy_from_database) events and ended lines stay, at most as long as
// `retention` says, and no more than kFileEventsMax, the newest.
class FileStore final : public Store {
 public:
  static constexpr std::size_t kFileEventsMax = 10'000;  // and ended lines

  // Makes the folder where it is missing and takes the lock. Throws Error{busy} when another
  // process has it, Error{cannot_create}, Error{permission} for a folder that belongs to somebody
  // else or that others may enter. `bytes_max`: of memory.json.
  FileStore(std::filesystem::path folder, const Clock& clock, std::string owner = {},
            const Retention& retention = {}, std::size_t bytes_max = kMemoryBytesMax);
  // These throw Error{data} for files that pcx did not write, Error{io} for a full disk: what was
  // stored before then is as it was; Error{conflict} with reason "other_database" for what another
  // owner still needs.
  Memory load() override;
  void save(Memory& memory) override;
  void save_line(const OutboxLine& line) override;

  // The generation of PostgreSQL's memory that this one went on from, 0: none; std::nullopt:
  // nothing here that PostgreSQL does not have.
  std::optional<std::int64_t> base();
  // memory is what PostgreSQL has: a run without PostgreSQL goes on from it.
  void copy_from_database(const Memory& memory);

 private:
  // What memory.json has beside the memory, and its events.
  struct Kept {
    std::int64_t generation = 0;
    std::int64_t base = 0;
    bool is_ahead = false;      // of PostgreSQL
    bool has_attempts = false;  // in outbox.jsonl
    std::vector<Event> events;
  };
  Memory read();
  Memory nothing();
  void write(const Memory& memory, Kept kept);
  std::vector<OutboxLine> read_attempts();
  void open_outbox();
  void append(const std::string& text);

  std::filesystem::path folder_;
  const Clock& clock_;
  std::string owner_;
  Retention retention_;
  std::size_t bytes_max_;
  Descriptor lock_;           // the folder
  Descriptor outbox_;         // outbox.jsonl
  std::optional<Kept> kept_;  // once it was read
  std::string followed_;      // digest of memory.json; empty: there is none
};

// What the files of `folder` had at the end of the last run, to look at: takes no lock. Empty
// without any, and of another owner's. Throws as FileStore::load().
struct PeekedMemory {
  Memory memory;
  std::optional<std::int64_t> base;  // as FileStore::base(), but for attempts
};
PeekedMemory peek_files(const std::filesystem::path& folder, const std::string& owner);

inline constexpr int kHistoryRowsMax = 100'000;

// What was kept, newest first, for `pcx alert history`.
struct HistoryQuery {
  std::optional<Time> from;       // belongs to it
  std::vector<Matcher> matchers;  // of labels, all of them fit
  std::string kind;               // empty: any
  int rows_max = 100;             // 1 to kHistoryRowsMax
};
// Throws Error{usage} beyond kHistoryRowsMax, Error{data} for a pattern that is none.
std::vector<Event> read_history(db::Database& database, const std::string& environment,
                                const HistoryQuery& query);

}  // namespace pcx::alert
