#include <algorithm>
#include <limits>

#include "audit/coverage.h"
#include "audit/model_table.h"
#include "core/error.h"
#include "core/json.h"

namespace pcx::audit {

namespace {

// An entity is judged when its oldest row is that many windows old; why a change was not logged,
// when its whole transaction must have been.
constexpr std::int64_t kJudgedAfter = 2;
constexpr std::int64_t kReasonAfter = 3;
constexpr std::int64_t kTransactionsKept = 8;

std::string entity_key(std::string_view table, std::string_view id) {
  std::string key{table};
  key += '\0';
  key += id;
  return key;
}

std::size_t bytes_of(const CoverageChange& change) {
  return sizeof change + change.before.size() + change.after.size() + change.row_key.size();
}
std::size_t bytes_of(const CoverageLog& log) { return sizeof log + log.changes.size(); }

bool sets_deleted_at(const CoverageChange& change) {
  constexpr std::string_view kColumn = "\"deletedAt\"";
  if (change.op != 'U' || change.after.find(kColumn) == std::string::npos) return false;
  const Document after = parse_json(change.after, "after");
  const Document* value = after.find("deletedAt");
  return value != nullptr && !value->is_null() && *value != Document{Cell{}};
}

// Pairs of a row (left) and a change (right): the best first, then as many as can be.
class Matching {
 public:
  struct Edge {
    std::size_t log = 0;
    std::size_t change = 0;
    int fit = 0;
    std::int64_t lag = 0;
  };
  Matching(std::size_t logs, std::size_t changes, std::vector<Edge> edges)
      : of_log_(logs), of_change_(changes), edges_of_(logs) {
    std::ranges::sort(edges, [](const Edge& left, const Edge& right) {
      return left.fit != right.fit ? left.fit > right.fit : left.lag < right.lag;
    });
    for (const Edge& edge : edges) {
      edges_of_[edge.log].push_back(edge.change);
      if (of_log_[edge.log] || of_change_[edge.change]) continue;
      of_log_[edge.log] = edge.change;
      of_change_[edge.change] = edge.log;
    }
    for (std::size_t log = 0; log < logs; ++log) {
      if (of_log_[log]) continue;
      std::vector<bool> seen(changes, false);
      augment(log, seen);
    }
  }

  std::optional<std::size_t> log_of(std::size_t change) const { return of_change_[change]; }
  std::optional<std::size_t> change_of(std::size_t log) const { return of_log_[log]; }

 private:
  // Kuhn's algorithm: a row without a change takes one whose row has another one left.
  bool augment(std::size_t log, std::vector<bool>& seen) {
    for (const std::size_t change : edges_of_[log]) {
      if (seen[change]) continue;
      seen[change] = true;
      if (of_change_[change] && !augment(*of_change_[change], seen)) continue;
      of_log_[log] = change;
      of_change_[change] = log;
      return true;
    }
    return false;
  }

  std::vector<std::optional<std::size_t>> of_log_;
  std::vector<std::optional<std::size_t>> of_change_;
  std::vector<std::vector<std::size_t>> edges_of_;
};

}  // namespace

const char* to_string(Uncovered reason) noexcept {
  switch (reason) {
    case Uncovered::truncate: return "truncate";
    case Uncovered::other_client: return "other_client";
    case Uncovered::soft_delete: return "soft_delete";
    case Uncovered::nested: return "nested";
    case Uncovered::bulk: return "bulk";
    case Uncovered::not_logged: return "not_logged";
  }
  return "unknown";
}

std::int64_t CoverageTotals::all_uncovered() const {
  std::int64_t sum = 0;
  for (const auto& [reason, count] : uncovered) sum += count;
  return sum;
}

CoverageSweep::CoverageSweep(const Range& range, std::function<void(const CoverageFinding&)> visit)
    : range_(range), visit_(std::move(visit)) {}

void CoverageSweep::hold(std::size_t bytes) {
  ++held_;
  held_bytes_ += bytes;
  if (held_ <= kCoveragePendingMax && held_bytes_ <= kCoveragePendingBytesMax) return;
  throw Error{ErrorCode::data, "too many changes lie within one window to be matched in memory",
              "Take a shorter --window, or one --table at a time."}
      .because("too_many");
}

void CoverageSweep::add(CoverageChange change) {
  advance(change.at);
  hold(bytes_of(change));
  Transaction& transaction = transactions_[change.xid];
  if (transaction.rows.empty()) transactions_due_.emplace_back(change.at, change.xid);
  ++transaction.rows[change.table];
  transaction.last = change.at;
  const std::string key = entity_key(change.table, change.row_key);
  Entity& entity = entities_[key];
  if (entity.changes.empty() && entity.logs.empty()) entities_due_.emplace_back(change.at, key);
  entity.changes.push_back(std::move(change));
}

void CoverageSweep::add(CoverageLog log) {
  advance(log.at);
  hold(bytes_of(log));
  const std::string key = entity_key(table_of_model(log.resource), log.resource_id);
  Entity& entity = entities_[key];
  if (entity.changes.empty() && entity.logs.empty()) entities_due_.emplace_back(log.at, key);
  entity.logs.push_back(std::move(log));
}

void CoverageSweep::finish() {
  constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
  settle_due(kEnd / 2);
  tell_due(kEnd);
}

void CoverageSweep::advance(std::int64_t now) {
  settle_due(now);
  tell_due(now);
  forget_due(now);
}

void CoverageSweep::settle_due(std::int64_t now) {
  while (!entities_due_.empty() && is_due(entities_due_.front().first, kJudgedAfter, now)) {
    const std::string key = std::move(entities_due_.front().second);
    entities_due_.pop_front();
    const auto entity = entities_.find(key);
    settle(entity->second, now);
    if (entity->second.changes.empty() && entity->second.logs.empty()) {
      entities_.erase(entity);
    } else {
      entities_due_.emplace_back(now, key);  // a busy one goes on
    }
  }
}

void CoverageSweep::tell_due(std::int64_t now) {
  while (!waiting_.empty() && is_due(waiting_.front().judged_at, kReasonAfter, now)) {
    tell(waiting_.front().change);
    waiting_.pop_front();
  }
}

void CoverageSweep::forget_due(std::int64_t now) {
  while (!transactions_due_.empty() &&
         is_due(transactions_due_.front().first, kTransactionsKept, now)) {
    const auto [begun, xid] = transactions_due_.front();
    transactions_due_.pop_front();
    const auto transaction = transactions_.find(xid);
    if (is_due(transaction->second.last, kTransactionsKept, now)) {
      transactions_.erase(transaction);
    } else {
      transactions_due_.emplace_back(now, xid);
    }
  }
}

// What is older than a window has all that could be matched with it.
void CoverageSweep::settle(Entity& entity, std::int64_t now) {
  const std::int64_t settled = now - range_.window;
  std::vector<Matching::Edge> edges;
  for (std::size_t log = 0; log < entity.logs.size(); ++log) {
    for (std::size_t change = 0; change < entity.changes.size(); ++change) {
      const std::int64_t lag = entity.logs[log].at - entity.changes[change].at;
      if (lag < 0 || lag > range_.window) continue;
      const auto fit = coverage_fit(entity.logs[log], entity.changes[change]);
      if (fit) edges.push_back({log, change, *fit, lag});
    }
  }
  const Matching matching{entity.logs.size(), entity.changes.size(), std::move(edges)};
  std::vector<CoverageLog> logs;
  for (std::size_t i = 0; i < entity.logs.size(); ++i) {
    const auto change = matching.change_of(i);
    const std::int64_t decided = change ? entity.changes[*change].at : entity.logs[i].at;
    if (decided >= settled) {
      logs.push_back(std::move(entity.logs[i]));
    } else {
      settle(std::move(entity.logs[i]), change.has_value());
    }
  }
  std::vector<CoverageChange> changes;
  for (std::size_t i = 0; i < entity.changes.size(); ++i) {
    if (entity.changes[i].at >= settled) {
      changes.push_back(std::move(entity.changes[i]));
    } else {
      settle(std::move(entity.changes[i]), matching.log_of(i).has_value(), now);
    }
  }
  entity.logs = std::move(logs);
  entity.changes = std::move(changes);
}

void CoverageSweep::settle(CoverageLog log, bool is_matched) {
  --held_;
  held_bytes_ -= bytes_of(log);
  if (!is_told(log.at) || !log.is_judged) return;
  ++totals_.logs;
  if (is_matched) return;
  ++totals_.logs_without_change;
  visit_({.change = {}, .log = std::move(log)});
}

void CoverageSweep::settle(CoverageChange change, bool is_matched, std::int64_t now) {
  if (is_matched) {
    --held_;
    held_bytes_ -= bytes_of(change);
    transactions_[change.xid].logged_tables.insert(change.table);
    application_sessions_.emplace(change.db_user, change.application);
    if (!is_told(change.at)) return;
    ++totals_.changes;
    ++totals_.covered;
    return;
  }
  waiting_.push_back({std::move(change), now});
}

void CoverageSweep::tell(CoverageChange& change) {
  --held_;
  held_bytes_ -= bytes_of(change);
  if (!is_told(change.at)) return;
  ++totals_.changes;
  const Uncovered reason = reason_of(change);
  ++totals_.uncovered[reason];
  visit_({.change = std::move(change), .log = {}, .reason = reason});
}

Uncovered CoverageSweep::reason_of(const CoverageChange& change) const {
  if (change.op == 'T') return Uncovered::truncate;
  const bool is_known_session =
      application_sessions_.empty() ||
      application_sessions_.contains({change.db_user, change.application});
  if (change.application == "psql" || !is_known_session) return Uncovered::other_client;
  if (sets_deleted_at(change)) return Uncovered::soft_delete;
  const auto found = transactions_.find(change.xid);
  if (found == transactions_.end()) return Uncovered::not_logged;
  const Transaction& transaction = found->second;
  const bool has_others = transaction.logged_tables.size() >
                          (transaction.logged_tables.contains(change.table) ? 1U : 0U);
  if (has_others) return Uncovered::nested;
  const auto rows = transaction.rows.find(change.table);
  return rows != transaction.rows.end() && rows->second > 1 ? Uncovered::bulk
                                                            : Uncovered::not_logged;
}

}  // namespace pcx::audit
