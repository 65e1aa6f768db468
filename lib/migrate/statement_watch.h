// Looks at a long statement from a second session, since the first one is busy with it: how far it
// is, and who is in its way.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/interrupt.h"
#include "db/database.h"
#include "db/script.h"
#include "migrate/holders.h"

namespace pcx::migrate {

struct Running {
  std::string migration;
  std::string statement;  // "CREATE INDEX CONCURRENTLY"
  std::string phase;      // PostgreSQL's words: "building index: scanning table"; may be empty
  std::int64_t done = 0;  // of the phase: blocks, tuples or sessions waited for
  std::int64_t total = 0;
  std::chrono::seconds running_for{};
  std::optional<Holder> blocker;  // the one with the oldest transaction
  bool stops_after = false;       // a stop was requested: the statement is the last one
};

class StatementWatch {
 public:
  // Somebody is told at least every 2 s: the other half is for the question and a busy machine.
  static constexpr std::chrono::milliseconds kPeriod{1'000};

  // What it is given outlives it. `open` may be empty: then nobody watches.
  StatementWatch(const std::function<db::Database()>& open,
                 const std::function<void(const Running&)>& tell, Clock& clock,
                 const Interrupt& interrupt);

  // For a statement that begins now in the session `backend_pid`.
  db::Ticker ticker(const std::string& migration, const std::string& statement, int backend_pid);

 private:
  void look(Running& running, int backend_pid, std::chrono::steady_clock::time_point began);

  const std::function<db::Database()>& open_;
  const std::function<void(const Running&)>& tell_;
  Clock& clock_;
  const Interrupt& interrupt_;
  std::optional<db::Database> session_;  // opened when first needed
  bool failed_ = false;                  // then it is not tried again
};

}  // namespace pcx::migrate
