#include "audit/event_stream.h"

#include <cstring>

#include "audit/pg_time.h"
#include "audit/record.h"
#include "audit/row_pipe.h"
#include "audit/sql.h"
#include "audit/trail_reading.h"
#include "audit/trail_rows.h"
#include "audit/xid.h"
#include "core/error.h"
#include "db/binary_copy.h"

namespace pcx::audit {

namespace {

using Visit = std::function<void(const StreamedRow&)>;

// --- Statements

void add_position(db::Query& query, const Position& position) {
  query.sql("(")
      .number(position.segment)
      .sql(", ")
      .literal(std::to_string(position.xid))
      .sql("::xid8, ")
      .number(position.seq)
      .sql(")");
}

void add_time(db::Query& query, std::int64_t time) {
  std::string text;
  append_pg_time(text, time);
  query.literal(text).sql("::timestamptz");
}

void add_range(db::Query& query, const StreamRange& range) {
  query.sql("(l.segment, l.xid, l.seq) > ");
  add_position(query, range.after);
  query.sql(" AND (l.segment, l.xid, l.seq) <= ");
  add_position(query, range.upto);
  if (range.filter.since) {
    query.sql(" AND l.at >= ");
    add_time(query, *range.filter.since);
  }
  if (range.filter.until) {
    query.sql(" AND l.at < ");
    add_time(query, *range.filter.until);
  }
}

db::Query changes_query(const StreamRange& range) {
  db::Query query{"audit.stream_changes"};
  query.sql("SELECT ");
  add_record_columns(query, LeafSource::change, "l");
  query.sql(", l.segment FROM pcx.change AS l WHERE ");
  add_range(query, range);
  query.sql(" ORDER BY l.segment, l.xid, l.seq");
  return query;
}

// Where the row lay is a hint: when it is not there any more, it is looked for by its id. OFFSET 0
// keeps each look apart: the first has no index to choose but the place, the others are not taken
// for rows that they are not about.
void add_application_joins(db::Query& query) {
  query.sql(" LEFT JOIN LATERAL (SELECT ");
  add_record_columns(query, LeafSource::application, "n");
  query.sql(
      " FROM public.audit_logs AS n WHERE n.ctid = l.row_tid AND l.src = 'A' OFFSET 0) AS a"
      " ON a.id = l.row_id"
      " LEFT JOIN LATERAL (SELECT ");
  add_record_columns(query, LeafSource::application, "n");
  query.sql(
      " FROM public.audit_logs AS n"
      " WHERE a.id IS NULL AND l.src = 'A' AND n.id = l.row_id OFFSET 0) AS b ON true");
}

void add_meta_join(db::Query& query) {
  query.sql(" LEFT JOIN LATERAL (SELECT ");
  add_record_columns(query, LeafSource::meta, "n");
  query.sql(
      " FROM pcx.audit_meta AS n WHERE l.src = 'M' AND n.seq = l.seq AND n.xid = l.xid OFFSET 0)"
      " AS m ON true");
}

void add_application_columns(db::Query& query, bool has_table) {
  for (const RecordColumn& column : record_columns(LeafSource::application)) {
    if (has_table) {
      query.sql(", coalesce(a.").identifier(column.name).sql(", b.").identifier(column.name);
      query.sql(")");
    } else {
      query.sql(", NULL::text");
    }
  }
}

// Which rows of the ledger: those that pcx.change does not have, or all of them with what it has.
enum class Ledger { without_changes, whole };

db::Query ledger_query(const StreamRange& range, bool has_table, Ledger which) {
  db::Query query{"audit.stream_ledger"};
  query.sql("SELECT l.segment, l.xid, l.seq, l.at, l.src, l.leaf, l.row_id");
  add_application_columns(query, has_table);
  query.sql(", ");
  add_record_columns(query, LeafSource::meta, "m");
  if (which == Ledger::whole) {
    query.sql(", ");
    add_record_columns(query, LeafSource::change, "c");
  }
  query.sql(" FROM pcx.ledger AS l");
  if (has_table) add_application_joins(query);
  add_meta_join(query);
  if (which == Ledger::whole) {
    query.sql(
        " LEFT JOIN pcx.change AS c ON l.src = 'C' AND c.segment = l.segment AND c.xid = l.xid"
        " AND c.seq = l.seq AND c.at = l.at");
  }
  query.sql(" WHERE ");
  if (range.filter.source) {
    query.sql("l.src = ").literal(std::string{static_cast<char>(*range.filter.source)});
    query.sql(" AND ");
  } else if (which == Ledger::without_changes) {
    query.sql("l.src <> 'C' AND ");
  }
  add_range(query, range);
  query.sql(" ORDER BY l.segment, l.xid, l.seq");
  return query;
}

// --- Rows

constexpr std::size_t kLedgerColumns = 7;

StreamedRow change_of(db::BinaryRow row) {
  const std::size_t segment = record_columns(LeafSource::change).size();
  return {.event = {.source = LeafSource::change,
                    .position = {db::binary_int4(row[segment]),
                                 static_cast<std::uint64_t>(db::binary_int8(row[1])),
                                 db::binary_int8(row[0])},
                    .at = db::binary_int8(row[2]),
                    .columns = row.first(segment)},
          .ledger_leaf = {},
          .row_id = {}};
}

Position position_in(db::BinaryRow row) {
  return {db::binary_int4(row[0]), static_cast<std::uint64_t>(db::binary_int8(row[1])),
          db::binary_int8(row[2])};
}

// Behind those of the ledger: the application's, those of notes, those of changes.
db::BinaryRow columns_in(db::BinaryRow row, LeafSource source) {
  const std::size_t application = record_columns(LeafSource::application).size();
  const std::size_t meta = record_columns(LeafSource::meta).size();
  const std::size_t begin = source == LeafSource::application ? kLedgerColumns
                            : source == LeafSource::meta      ? kLedgerColumns + application
                                                              : kLedgerColumns + application + meta;
  return row.subspan(begin, record_columns(source).size());
}

StreamedRow other_of(db::BinaryRow row) {
  const std::string_view letter = db::binary_text(row[4]);
  const auto source = letter.size() == 1 ? leaf_source_of(letter[0]) : std::nullopt;
  if (!source) throw Error{ErrorCode::data, "a row of pcx.ledger is of no source"};
  StreamedRow found{.event = {.source = *source,
                              .position = position_in(row),
                              .at = db::binary_int8(row[3]),
                              .columns = {}},
                    .ledger_leaf = Hash{},
                    .row_id = {}};
  const std::string_view leaf = db::binary_text(row[5]);
  if (leaf.size() != found.ledger_leaf->size()) {
    throw Error{ErrorCode::data, "a leaf in pcx.ledger is not 32 bytes long"};
  }
  std::memcpy(found.ledger_leaf->data(), leaf.data(), leaf.size());
  if (row[6]) found.row_id = db::binary_text(row[6]);
  const db::BinaryRow columns = columns_in(row, *source);
  if (columns[0]) found.event.columns = columns;
  return found;
}

// Those up to `position`.
void visit_until(PipedCopy& others, const Position& position, const Visit& visit) {
  for (const auto* row = others.peek(); row != nullptr; row = others.peek()) {
    if (position_in(*row) > position) return;
    visit(other_of(*row));
    others.next();
  }
}

}  // namespace

void stream_events(db::Transaction& changes, db::Transaction& others, const StreamRange& range,
                   const Visit& visit) {
  const bool has_table = has_application_table(others);
  const auto visit_change = [&](db::BinaryRow row) { visit(change_of(row)); };
  if (range.filter.source == LeafSource::change) {
    db::copy_out_binary(changes, changes_query(range), visit_change);
    return;
  }
  if (range.filter.source) {
    db::copy_out_binary(others, ledger_query(range, has_table, Ledger::without_changes),
                        [&](db::BinaryRow row) { visit(other_of(row)); });
    return;
  }
  PipedCopy rest{others, ledger_query(range, has_table, Ledger::without_changes)};
  db::copy_out_binary(changes, changes_query(range), [&](db::BinaryRow row) {
    const StreamedRow change = change_of(row);
    visit_until(rest, change.event.position, visit);
    visit(change);
  });
  visit_until(rest, range.upto, visit);
}

void stream_few_events(db::Transaction& tx, const StreamRange& range, const Visit& visit) {
  const bool has_table = has_application_table(tx);
  db::copy_out_binary(tx, ledger_query(range, has_table, Ledger::whole),
                      [&](db::BinaryRow row) { visit(other_of(row)); });
}

Position read_horizon(db::Transaction& tx) {
  const db::Result rows = tx.query(sql::read_horizon);
  const db::Row row = rows.one();
  return {row["segment"].as<int>(), xid_in(row["xid"].as<std::string_view>()), 0};
}

void use_stream_plans(db::Transaction& tx) { tx.query(sql::set_stream_plans); }

}  // namespace pcx::audit
