// The tries of one script to get its locks.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/database.h"
#include "migrate/holders.h"
#include "migrate/migration.h"
#include "migrate/outlook.h"
#include "migrate/patience.h"

namespace pcx::migrate {

// What a migration tells while it waits for its locks, and once it has them.
struct Waiting {
  std::string migration;
  int tries = 0;
  std::chrono::milliseconds waited{};
  std::vector<Holder> holders;  // who is in the way, the oldest transaction first; may be empty
  bool is_over = false;         // the last of the tries had its locks
};

struct WaitTools {
  Clock& clock;
  Random& random;  // for the pauses
  const Interrupt& interrupt;
  const Patience& patience;
  const std::function<void(const Waiting&)>& on_wait;  // may be empty
  std::vector<std::int64_t> held = {};  // advisory locks, as for Database::begin_for_script()
};

class LockWait {
 public:
  // What it is given outlives it. `locks_first`: from the first try on, see lock_first().
  LockWait(db::Database& database, const std::string& migration, const Script& script,
           bool locks_first, const WaitTools& tools);

  // A transaction for the next try, with its lock_timeout. From the second try on it begins with
  // the locks of the script's tables, as far as the role may take them so. Throws as
  // Database::begin_for_script().
  db::Transaction begin();
  // Of the try that runs.
  std::chrono::milliseconds timeout() const { return timeout_; }

  // Whether another try may help: the lock timed out, or a deadlock chose this session, and nothing
  // of the try stayed.
  static bool may_help(const Error& error);

  // After a try that failed so: tells who is in the way, and waits.
  // Throws Error{busy} with reason "lock_deadline" when the time is up; the interrupt's error.
  // REQUIRES: no transaction is open.
  void pause(const Error& error);
  // Until the deadline; not negative.
  std::chrono::milliseconds left() const;

  // After a try that did not: tells those who were told that it waits.
  void end();

 private:
  const ScriptOutlook& outlook();
  std::vector<Holder> find_holders();
  Error too_late(const Error& error) const;
  std::chrono::milliseconds elapsed() const;

  db::Database& database_;
  const Script& script_;
  WaitTools tools_;
  bool locks_first_;
  bool is_refused_ = false;  // LOCK TABLE was
  std::chrono::steady_clock::time_point began_;
  std::chrono::milliseconds timeout_{};
  Location place_;  // of the statement that waited last
  Waiting waiting_;
  std::optional<ScriptOutlook> outlook_;  // foretold once, when it is first needed
};

}  // namespace pcx::migrate
