#include "audit/coverage.h"

#include <algorithm>
#include <limits>
#include <map>

#include "audit/event_stream.h"
#include "audit/model_table.h"
#include "audit/pg_time.h"
#include "audit/row_pipe.h"
#include "audit/sql.h"
#include "audit/trail_reading.h"
#include "audit/trail_rows.h"
#include "core/error.h"
#include "db/binary_copy.h"

namespace pcx::audit {

namespace {

constexpr std::int64_t kAskEveryRows = 4096;  // whether to stop
constexpr std::string_view kSchema = "public.";

void add_time(db::Query& query, std::int64_t time) {
  std::string text;
  append_pg_time(text, time);
  query.literal(text).sql("::timestamptz");
}

db::Query changes_query(std::int64_t since, std::int64_t until) {
  db::Query query{"audit.coverage_changes"};
  query.sql(
      "SELECT c.at, c.xid, c.seq, c.segment, c.relation, c.op, c.row_key, c.actor, c.db_user,"
      " c.application, c.before, c.after FROM pcx.change AS c WHERE c.at >= ");
  add_time(query, since);
  query.sql(" AND c.at < ");
  add_time(query, until);
  query.sql(" ORDER BY c.at, c.seq");
  return query;
}

// By when pcx saw the row, on the clock that changes have, too. A rotation of keys writes leaves
// anew: the oldest of each row counts. Rows that install adopted have their leaf from the
// transaction of its note, long after they were written. Numbers of transactions come again after
// a restore; times do not.
db::Query logs_query(std::int64_t since, std::int64_t until) {
  db::Query query{"audit.coverage_logs"};
  query.sql(
      "SELECT l.at, a.id, a.action, a.resource, a.\"resourceId\", a.\"userId\", a.changes,"
      " a.\"timestamp\""
      " FROM pcx.ledger AS l JOIN public.audit_logs AS a ON a.id = l.row_id"
      " WHERE l.src = 'A' AND a.\"resourceId\" IS NOT NULL AND l.at >= ");
  add_time(query, since);
  query.sql(" AND l.at < ");
  add_time(query, until);
  query.sql(
      " AND NOT EXISTS (SELECT FROM pcx.ledger AS o WHERE o.row_id = l.row_id"
      " AND (o.segment, o.xid, o.seq) < (l.segment, l.xid, l.seq))"
      " AND NOT EXISTS (SELECT FROM pcx.audit_meta AS m WHERE m.kind = 'adopt' AND m.xid = l.xid"
      " AND m.at >= l.at AND m.at < l.at + interval '1 day') ORDER BY l.at, l.seq");
  return query;
}

std::string text_of(const db::BinaryField& field) {
  return field ? std::string{db::binary_text(field)} : std::string{};
}
std::string json_of(const db::BinaryField& field) {
  std::string text = text_of(field);
  if (!text.empty()) text.erase(0, 1);  // the version of jsonb
  return text;
}

// std::nullopt for a table that the application does not watch, or nobody asked for.
class Wanted {
 public:
  explicit Wanted(const std::vector<std::string>& tables) : tables_(tables) {}
  bool has(std::string_view table) const {
    if (model_of_table(table).empty()) return false;
    return tables_.empty() || std::ranges::find(tables_, table) != tables_.end();
  }

 private:
  const std::vector<std::string>& tables_;
};

std::optional<CoverageChange> change_of(db::BinaryRow row, const Wanted& wanted) {
  const std::string_view relation = db::binary_text(row[4]);
  if (!relation.starts_with(kSchema) || !wanted.has(relation.substr(kSchema.size()))) {
    return std::nullopt;
  }
  return CoverageChange{.at = db::binary_int8(row[0]),
                        .xid = static_cast<std::uint64_t>(db::binary_int8(row[1])),
                        .seq = db::binary_int8(row[2]),
                        .segment = db::binary_int4(row[3]),
                        .table = std::string{relation.substr(kSchema.size())},
                        .op = db::binary_text(row[5]).empty() ? '?' : db::binary_text(row[5])[0],
                        .row_key = text_of(row[6]),
                        .actor = text_of(row[7]),
                        .db_user = text_of(row[8]),
                        .application = text_of(row[9]),
                        .before = json_of(row[10]),
                        .after = json_of(row[11])};
}

constexpr std::int64_t kRounding = 1'000;  // us

// Since when each table is audited, without its schema.
class AuditedSince {
 public:
  explicit AuditedSince(db::Transaction& tx) {
    const db::Result rows = tx.query(sql::read_audited_since);
    for (const db::Row row : rows) {
      const auto relation = row["relation"].as<std::string>();
      if (!relation.starts_with(kSchema)) continue;
      since_[relation.substr(kSchema.size())] = row["since"].as<std::int64_t>();
    }
  }
  // `time` is of a column that rounds to milliseconds.
  bool has(std::string_view table, std::int64_t time) const {
    const auto found = since_.find(table);
    return found != since_.end() && time + kRounding >= found->second;
  }

 private:
  std::map<std::string, std::int64_t, std::less<>> since_;
};

std::optional<CoverageLog> log_of(db::BinaryRow row, const Wanted& wanted,
                                  const AuditedSince& audited) {
  CoverageLog log{.at = db::binary_int8(row[0]),
                  .id = text_of(row[1]),
                  .action = text_of(row[2]),
                  .resource = text_of(row[3]),
                  .resource_id = text_of(row[4]),
                  .user = text_of(row[5]),
                  .changes = json_of(row[6])};
  const std::string verb = log.action.substr(log.action.rfind('.') + 1);
  const bool is_change = verb == "create" || verb == "update" || verb == "delete";
  const std::string_view table = table_of_model(log.resource);
  if (!is_change || !wanted.has(table)) return std::nullopt;
  log.is_judged = audited.has(table, db::binary_int8(row[7]));
  return log;
}

// Two streams, each in the order of its times, as one.
class Merge {
 public:
  Merge(CoverageSweep& sweep, PipedCopy& logs, const Wanted& wanted, const AuditedSince& audited,
        const Interrupt& interrupt)
      : sweep_(sweep), logs_(logs), wanted_(wanted), audited_(audited), interrupt_(interrupt) {}

  void take(db::BinaryRow row) {
    if (++rows_ % kAskEveryRows == 0) interrupt_.throw_if_requested();
    take_logs_before(db::binary_int8(row[0]));
    if (auto change = change_of(row, wanted_)) sweep_.add(std::move(*change));
  }
  void take_logs_before(std::int64_t time) {
    for (const auto* row = logs_.peek(); row != nullptr; row = logs_.peek()) {
      if (db::binary_int8((*row)[0]) >= time) return;
      if (auto log = log_of(*row, wanted_, audited_)) sweep_.add(std::move(*log));
      logs_.next();
    }
  }

 private:
  CoverageSweep& sweep_;
  PipedCopy& logs_;
  const Wanted& wanted_;
  const AuditedSince& audited_;
  const Interrupt& interrupt_;
  std::int64_t rows_ = 0;
};

void require_tables(db::Transaction& tx, const std::vector<std::string>& tables) {
  if (!has_application_table(tx)) {
    throw Error{ErrorCode::not_found, "there is no table audit_logs in schema public"}.because(
        "no_audit_logs");
  }
  for (const std::string& table : tables) {
    if (!model_of_table(table).empty()) continue;
    throw Error{ErrorCode::usage, "the application writes no rows about a table of that name",
                "Name one of the tables of its models, as patients or medical_records."}
        .because("table");
  }
}

}  // namespace

CoverageTotals read_coverage(db::Database& database, db::Database& other, const CoverageJob& job,
                             const Interrupt& interrupt,
                             const std::function<void(const CoverageFinding&)>& visit) {
  db::Transaction tx = begin_reading_trail(database);
  const std::string snapshot = export_snapshot(tx);
  db::Transaction other_tx = begin_in_snapshot(other, snapshot);
  require_tables(tx, job.tables);
  const std::int64_t now = tx.query(sql::read_coverage_end).one()["now"].as<std::int64_t>();
  constexpr std::int64_t kBeginning = 0;
  const std::int64_t since = std::max(job.since.value_or(kBeginning), kBeginning);
  const std::int64_t until = std::min(job.until.value_or(now), now - job.window);
  // What is up to a window outside explains, and is explained, too.
  const std::int64_t first = std::max(since - job.window, kBeginning);
  const std::int64_t last = std::max(until + job.window, first);
  CoverageSweep sweep{{.since = since, .until = until, .window = job.window}, visit};
  const Wanted wanted{job.tables};
  const AuditedSince audited{tx};
  PipedCopy logs{other_tx, logs_query(first, last)};
  Merge merge{sweep, logs, wanted, audited, interrupt};
  db::copy_out_binary(tx, changes_query(first, last), [&](db::BinaryRow row) { merge.take(row); });
  merge.take_logs_before(std::numeric_limits<std::int64_t>::max());
  sweep.finish();
  return sweep.totals();
}

}  // namespace pcx::audit
