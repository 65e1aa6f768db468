// What the application's own trail does not tell: captured changes that no row of audit_logs
// explains, and rows of audit_logs that no change explains.
//
// The application writes such a row after a single create, update or delete, outside of its
// transaction. A row explains one change at most, of the same entity, no older than the window, and
// one that fits what the row says was sent. Of several the one that fits best is taken, then the
// nearest. What is younger than the window is not judged: its row may still come. Neither is a row
// of audit_logs from before its table was audited, by the row's own time, or of a table that never
// was: nothing could have captured its change. Rows that install adopted are not read at all.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/clock.h"
#include "core/interrupt.h"
#include "db/database.h"

namespace pcx::audit {

// What is held in memory at once: rows of two windows.
inline constexpr std::size_t kCoveragePendingMax = 500'000;
inline constexpr std::size_t kCoveragePendingBytesMax = std::size_t{256} << 20;

struct CoverageChange {
  std::int64_t at = 0;  // microseconds since 2000, as all times here
  std::uint64_t xid = 0;
  std::int64_t seq = 0;
  int segment = 0;
  std::string table;  // of schema public
  char op = 'U';      // I, U, D, T
  std::string row_key;
  std::string actor;
  std::string db_user;
  std::string application;
  std::string before;  // JSON; empty: none
  std::string after;
};

struct CoverageLog {
  std::int64_t at = 0;  // when pcx saw it, by the server's clock
  std::string id;
  std::string action;    // "Patient.update"
  std::string resource;  // "Patient"
  std::string resource_id;
  std::string user;
  std::string changes;    // JSON; empty: none
  bool is_judged = true;  // false: it explains a change, but is not told when it explains none
};

enum class Uncovered {
  truncate,      // the table was emptied
  other_client,  // by a session that is not the application's: psql, a job
  soft_delete,   // "deletedAt" was set
  nested,        // in the transaction of another model's logged change
  bulk,          // one of several rows of its table in one transaction
  not_logged,    // a single one: writing its row failed
};
const char* to_string(Uncovered reason) noexcept;

struct CoverageFinding {
  std::optional<CoverageChange> change;      // either a change without a row...
  std::optional<CoverageLog> log;            // ...or a row without a change
  Uncovered reason = Uncovered::not_logged;  // of a change
};

struct CoverageTotals {
  std::int64_t changes = 0;  // that were judged
  std::int64_t logs = 0;     // likewise
  std::int64_t covered = 0;
  std::map<Uncovered, std::int64_t> uncovered;
  std::int64_t logs_without_change = 0;

  std::int64_t all_uncovered() const;
};

// How well a row fits a change of the same entity: std::nullopt not at all. Pure.
std::optional<int> coverage_fit(const CoverageLog& log, const CoverageChange& change);

// Takes changes and rows, each in the order of their times, and together too. Memory is that of two
// windows. Pure.
class CoverageSweep {
 public:
  struct Range {
    std::int64_t since = 0;  // what is before, or at `until` and behind it, explains and is
    std::int64_t until = 0;  // explained, but is not told
    std::int64_t window = 5'000'000;
  };
  CoverageSweep(const Range& range, std::function<void(const CoverageFinding&)> visit);

  // Throw Error{data} with reason "too_many" above the limits.
  void add(CoverageChange change);
  void add(CoverageLog log);
  void finish();

  const CoverageTotals& totals() const { return totals_; }

 private:
  struct Entity {
    std::vector<CoverageChange> changes;
    std::vector<CoverageLog> logs;
  };
  struct Waiting {  // without a row, until its transaction is known
    CoverageChange change;
    std::int64_t judged_at = 0;
  };
  struct Transaction {
    std::map<std::string, int> rows;      // of each table
    std::set<std::string> logged_tables;  // with a change that was logged
    std::int64_t last = 0;
  };

  void advance(std::int64_t now);
  void settle_due(std::int64_t now);
  void tell_due(std::int64_t now);
  void forget_due(std::int64_t now);
  bool is_due(std::int64_t begun, std::int64_t windows, std::int64_t now) const {
    return now - windows * range_.window > begun;
  }
  void settle(Entity& entity, std::int64_t now);
  void settle(CoverageLog log, bool is_matched);
  void settle(CoverageChange change, bool is_matched, std::int64_t now);
  void tell(CoverageChange& change);
  Uncovered reason_of(const CoverageChange& change) const;
  bool is_told(std::int64_t at) const { return at >= range_.since && at < range_.until; }
  void hold(std::size_t bytes);

  Range range_;
  std::function<void(const CoverageFinding&)> visit_;
  CoverageTotals totals_;
  std::unordered_map<std::string, Entity> entities_;
  std::deque<std::pair<std::int64_t, std::string>> entities_due_;
  std::deque<Waiting> waiting_;
  std::unordered_map<std::uint64_t, Transaction> transactions_;
  std::deque<std::pair<std::int64_t, std::uint64_t>> transactions_due_;
  std::set<std::pair<std::string, std::string>> application_sessions_;  // role, application_name
  std::size_t held_ = 0;
  std::size_t held_bytes_ = 0;
};

struct CoverageJob {
  std::optional<std::int64_t> since;
  std::optional<std::int64_t> until;
  std::int64_t window = 5'000'000;
  std::vector<std::string> tables;  // none: all that the application watches
};

// `database` and `other` are two sessions. Throws what the server answers, and as CoverageSweep.
CoverageTotals read_coverage(db::Database& database, db::Database& other, const CoverageJob& job,
                             const Interrupt& interrupt,
                             const std::function<void(const CoverageFinding&)>& visit);

}  // namespace pcx::audit
