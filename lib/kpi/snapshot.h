// One read-only look at the database, which all numbers of a report are of: a total is the sum of
// its parts even while others write.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "core/clock.h"
#include "core/document.h"
#include "db/database.h"

namespace pcx::kpi {

struct Limits {
  std::chrono::milliseconds statement{30'000};  // one statement; 0: none
  // Of everything together. No statement of attempt() takes more than half of what is left until
  // then, so that one that hangs leaves time for those behind it.
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
};

class Snapshot {
 public:
  // Begins REPEATABLE READ, READ ONLY; names of tables are looked for in the target's schema
  // (Database::schema). `clock` outlives it.
  Snapshot(db::Database& database, const Limits& limits, Clock& clock);

  db::Transaction& tx() { return tx_; }
  Time as_of() const { return as_of_; }                  // the server's clock
  const std::string& id() const { return id_; }          // pg_current_snapshot()
  const std::string& schema() const { return schema_; }  // unquoted

  // Runs `ask`; when the server refuses it, nothing else of the snapshot is lost: the answer is
  // why, a phrase. std::nullopt: it went well. Throws what is no fault of the statement: a lost
  // connection, a stop that was asked for.
  std::optional<std::string> attempt(const std::function<void()>& ask);
  // Whether the last attempt ran into its time limit.
  bool timed_out() const { return timed_out_; }
  // Whether the deadline has passed; attempt() then answers so without asking.
  bool is_over() const;

  // Sources (places in the catalog) that ran into a time limit: nobody waits for them a second
  // time.
  std::set<std::size_t>& slow_sources() { return slow_sources_; }

 private:
  void limit_statement();

  Limits limits_;
  Clock* clock_;
  std::string schema_;
  db::Transaction tx_;
  Time as_of_;
  std::string id_;
  bool timed_out_ = false;
  std::set<std::size_t> slow_sources_;
};

}  // namespace pcx::kpi
