#include "audit/page_sql.h"

#include <algorithm>

#include "audit/event.h"

namespace pcx::audit {

namespace {

bool is_time(const Term& term) { return term.field == Field::since || term.field == Field::until; }

void append_time_type(db::Query& query, Source source) {
  if (source == Source::app) {
    query.sql("::timestamp");
  } else {
    query.sql("::timestamptz");
  }
}

void append_order(db::Query& query, Source source) {
  if (source == Source::app) {
    query.sql(" ORDER BY e.\"timestamp\" DESC, e.id DESC");
  } else {
    query.sql(" ORDER BY e.at DESC, e.seq DESC, e.xid DESC, e.segment DESC");
  }
}

// At the same time rows of the application come first.
void append_after(db::Query& query, Source source, const Cursor& cursor) {
  if (cursor.source != source) {
    append_time(query, source);
    if (source == Source::trigger) {
      query.sql(" <= ");
    } else {
      query.sql(" < ");
    }
    query.param(cursor.at);
    append_time_type(query, source);
    return;
  }
  if (source == Source::app) {
    query.sql("(e.\"timestamp\", e.id) < (").param(cursor.at).sql("::timestamp, ");
    query.param(cursor.id).sql("::text)");
    return;
  }
  const ChangeId id = parse_change_id(cursor.id).value();
  query.sql("(e.at, e.seq, e.xid, e.segment) < (").param(cursor.at).sql("::timestamptz, ");
  query.param(id.seq).sql("::bigint, ").param(id.xid).sql("::xid8, ");
  query.param(id.segment).sql("::integer)");
}

void append_range(db::Query& query, const Range& range) {
  query.sql("true");
  for (const Term* const term : demanded(*range.filter)) {
    if (!is_time(*term)) continue;
    query.sql(" AND ");
    append_filter(query, {.kind = Expression::Kind::term, .term = *term}, range.source);
  }
  if (range.after) {
    query.sql(" AND ");
    append_after(query, range.source, *range.after);
  }
  if (range.from) {
    query.sql(" AND ");
    append_time(query, range.source);
    query.sql(" >= ").param(*range.from);
    append_time_type(query, range.source);
  }
}

// Without the times that append_range() has said.
Expression without_times(const Expression& filter) {
  if (filter.kind != Expression::Kind::all) return filter;
  Expression rest;
  for (const Expression& part : filter.parts) {
    if (!is_about_time_only(part)) rest.parts.push_back(without_times(part));
  }
  return rest;
}

// Behind IS TRUE no index is looked for.
void append_opaque_filter(db::Query& query, const Range& range) {
  if (is_about_time_only(*range.filter)) return;
  query.sql(" AND (");
  append_filter(query, without_times(*range.filter), range.source);
  query.sql(") IS TRUE");
}

void append_all(db::Query& query, const Range& range, Lookup lookup) {
  append_range(query, range);
  if (lookup == Lookup::times) return append_opaque_filter(query, range);
  query.sql(" AND ");
  append_filter(query, *range.filter, range.source);
}

Expression of_term(const Term& term) { return {.kind = Expression::Kind::term, .term = term}; }

// Written so that an index is read backwards: the order of one value's rows would be no order.
void append_newest_of(db::Query& query, const Term& key, std::int64_t newest) {
  const auto column = [&] { append_column(query, key.field, Source::app); };
  const std::string& value = key.values.front().text();
  query.sql("(SELECT e.\"timestamp\" AS at");
  append_from(query, Source::app);
  query.sql(" WHERE ");
  column();
  query.sql(" >= ").param(value).sql("::text AND ");
  column();
  query.sql(" <= ").param(value).sql("::text ORDER BY ");
  column();
  query.sql(" DESC LIMIT ").param(newest).sql("::bigint)");
}

// Keys of one source, as both are put together.
void append_keys(db::Query& query, const Range& range, std::int64_t rows) {
  if (range.source == Source::app) {
    query.sql(
        "(SELECT 1 AS place, e.\"timestamp\" AS at, e.id AS id, 0::bigint AS seq, "
        "'0'::xid8 AS xid, 0 AS segment");
  } else {
    query.sql(
        "(SELECT 2 AS place, e.at AT TIME ZONE 'UTC' AS at, '' AS id, e.seq AS seq, "
        "e.xid AS xid, e.segment AS segment");
  }
  append_from(query, range.source);
  query.sql(" WHERE ");
  append_all(query, range, Lookup::all);
  append_order(query, range.source);
  query.sql(" LIMIT ").param(rows).sql("::bigint)");
}

}  // namespace

void append_from(db::Query& query, Source source) {
  if (source == Source::app) {
    query.sql(" FROM public.audit_logs AS e");
  } else {
    query.sql(" FROM pcx.change AS e");
  }
}

void append_time(db::Query& query, Source source) {
  if (source == Source::app) {
    query.sql("e.\"timestamp\"");
  } else {
    query.sql("e.at");
  }
}

bool is_about_time_only(const Expression& filter) {
  if (filter.kind == Expression::Kind::term) return is_time(filter.term);
  return filter.kind == Expression::Kind::all &&
         std::ranges::all_of(filter.parts, is_about_time_only);
}

void append_page(db::Query& query, const Range& range, Lookup lookup, std::int64_t limit,
                 std::optional<std::int64_t> chars_max) {
  query.sql("SELECT ");
  append_event_columns(query, range.source, chars_max);
  append_from(query, range.source);
  query.sql(" WHERE ");
  append_all(query, range, lookup);
  append_order(query, range.source);
  query.sql(" LIMIT ").param(limit).sql("::bigint");
}

void append_page_of_few(db::Query& query, const Range& range, const Term& key, std::int64_t limit,
                        std::optional<std::int64_t> chars_max) {
  query.sql("WITH page AS MATERIALIZED (SELECT e.ctid AS place");
  append_from(query, Source::app);
  query.sql(" WHERE ");
  append_filter(query, of_term(key), Source::app);
  query.sql(" AND (");
  append_range(query, range);
  query.sql(") IS TRUE");
  append_opaque_filter(query, range);
  append_order(query, Source::app);
  query.sql(" LIMIT ").param(limit).sql("::bigint) SELECT ");
  append_event_columns(query, Source::app, chars_max);
  query.sql(" FROM page JOIN public.audit_logs AS e ON e.ctid = page.place");
  append_order(query, Source::app);
}

void append_count(db::Query& query, const Term& key, std::int64_t most) {
  query.sql("SELECT count(*) AS rows FROM (SELECT");
  append_from(query, Source::app);
  query.sql(" WHERE ");
  append_filter(query, of_term(key), Source::app);
  query.sql(" LIMIT ").param(most + 1).sql("::bigint) AS few");
}

void append_bound(db::Query& query, const Range& range, std::int64_t rows) {
  query.sql("SELECT ");
  append_time(query, range.source);
  query.sql("::text AS at");
  append_from(query, range.source);
  query.sql(" WHERE ");
  append_range(query, range);
  query.sql(" ORDER BY ");
  append_time(query, range.source);
  query.sql(" DESC OFFSET ").param(rows).sql("::bigint LIMIT 1");
}

void append_bound_of(db::Query& query, const Range& range, const Term& key, std::int64_t rows,
                     std::int64_t newest) {
  query.sql(
      "SELECT bound.at, (SELECT 2 * count(*) FILTER (WHERE few.at >= bound.at::timestamp) >= "
      "count(*) FROM ");
  append_newest_of(query, key, newest);
  query.sql(" AS few) AS is_near FROM (");
  append_bound(query, range, rows);
  query.sql(") AS bound");
}

void append_range_rows(db::Query& query, const Range& range) {
  query.sql("SELECT");
  append_from(query, range.source);
  query.sql(" WHERE ");
  append_range(query, range);
}

void append_skip(db::Query& query, const Range& range, std::int64_t rows) {
  query.sql(
      "SELECT keys.place, keys.at::text AS at, CASE keys.place WHEN 1 THEN keys.id ELSE "
      "keys.segment::text || '.' || keys.xid::text || '.' || keys.seq::text END AS id FROM ");
  append_keys(query, range, rows);
  query.sql(" AS keys OFFSET ").param(rows - 1).sql("::bigint LIMIT 1");
}

void append_skip_of_both(db::Query& query, const Range& app, const Range& trigger,
                         std::int64_t rows) {
  query.sql(
      "SELECT keys.place, keys.at::text AS at, CASE keys.place WHEN 1 THEN keys.id ELSE "
      "keys.segment::text || '.' || keys.xid::text || '.' || keys.seq::text END AS id "
      "FROM (");
  append_keys(query, app, rows);
  query.sql(" UNION ALL ");
  append_keys(query, trigger, rows);
  query.sql(
      ") AS keys ORDER BY keys.at DESC, keys.place, keys.id DESC, keys.seq DESC, "
      "keys.xid DESC, keys.segment DESC OFFSET ");
  query.param(rows - 1).sql("::bigint LIMIT 1");
}

}  // namespace pcx::audit
