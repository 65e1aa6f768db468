#include "audit/follow.h"

#include <limits>
#include <set>

#include "audit/filter.h"
#include "audit/sql.h"
#include "audit/xid.h"

namespace pcx::audit {

namespace {

Position position_in(const db::Row& row) {
  return {row["segment"].as<int>(), xid_in(row["xid"].as<std::string_view>()),
          row["seq"].as<std::int64_t>()};
}

void add_position(db::Query& query, const Position& position) {
  query.sql("(").param(position.segment).sql("::int, ");
  query.param(std::to_string(position.xid)).sql("::xid8, ").param(position.seq);
  query.sql("::bigint)");
}

// Which rows of a batch an expression fits, by their seq.
std::set<std::int64_t> fitting(db::Transaction& tx, const Expression& expression,
                               const StreamRange& range) {
  std::set<std::int64_t> found;
  for (const Source source : kSources) {
    if (excludes(expression, source)) continue;
    db::Query query{"audit.follow_fitting"};
    if (source == Source::app) {
      query.sql(
          "SELECT l.seq FROM pcx.ledger AS l JOIN public.audit_logs AS e ON e.id = l.row_id"
          " WHERE l.src = 'A' AND (l.segment, l.xid, l.seq) > ");
      add_position(query, range.after);
      query.sql(" AND (l.segment, l.xid, l.seq) <= ");
    } else {
      query.sql("SELECT e.seq FROM pcx.change AS e WHERE (e.segment, e.xid, e.seq) > ");
      add_position(query, range.after);
      query.sql(" AND (e.segment, e.xid, e.seq) <= ");
    }
    add_position(query, range.upto);
    query.sql(" AND (");
    append_filter(query, expression, source);
    query.sql(")");
    for (const db::Row row : tx.query(query)) found.insert(row["seq"].as<std::int64_t>());
  }
  return found;
}

struct Batch {
  Position last;
  std::int64_t rows = 0;
};

std::optional<Batch> read_batch(db::Transaction& tx, const Position& after) {
  const db::Result rows =
      tx.query(sql::read_follow_batch,
               {after.segment, std::to_string(after.xid), after.seq, kFollowRowsMax});
  if (rows.empty()) return std::nullopt;
  return Batch{position_in(rows[0]), rows[0]["rows"].as<std::int64_t>()};
}

}  // namespace

bool Follower::next(db::Database& database, const std::function<void(const TrailEvent&)>& visit) {
  db::Transaction tx = database.begin(db::Access::read_only, db::Isolation::repeatable_read);
  use_stream_plans(tx);
  const auto batch = read_batch(tx, position_);
  if (!batch) return false;
  const StreamRange range{.after = position_, .upto = batch->last, .filter = filter_};
  const bool has_expression = !expression_.is_empty();
  const std::set<std::int64_t> fits =
      has_expression ? fitting(tx, expression_, range) : std::set<std::int64_t>{};
  stream_few_events(tx, range, [&](const StreamedRow& row) {
    if (row.event.columns.empty()) return;  // it has left the trail
    if (has_expression && !fits.contains(row.event.position.seq)) return;
    visit(row.event);
  });
  position_ = batch->last;
  return batch->rows == kFollowRowsMax;
}

Position newest_start(db::Database& database, std::int64_t rows) {
  db::Transaction tx = database.begin(db::Access::read_only);
  const Position horizon = read_horizon(tx);
  const db::Result found =
      tx.query(sql::find_newest_start, {horizon.segment, std::to_string(horizon.xid), rows});
  return found.empty() ? Position{} : position_in(found[0]);
}

}  // namespace pcx::audit
