#include "audit/stats.h"

#include <algorithm>

#include "audit/page_sql.h"

namespace pcx::audit {

namespace {

void append_value(db::Query& query, Dimension dimension, Source source) {
  const bool is_app = source == Source::app;
  switch (dimension) {
    case Dimension::user: append_column(query, Field::user, source); return;
    case Dimension::tenant: append_column(query, Field::tenant, source); return;
    case Dimension::action:
      append_column(query, is_app ? Field::action : Field::op, source);
      return;
    case Dimension::resource:
      append_column(query, is_app ? Field::resource : Field::relation, source);
      return;
    case Dimension::hour: append_time(query, source); return;
    case Dimension::field: query.sql("f.name"); return;
  }
}

// The names of what updates changed, beside the rows `e`.
void append_fields(db::Query& query, Source source) {
  if (source == Source::app) {
    query.sql(
        " CROSS JOIN LATERAL jsonb_object_keys(CASE WHEN jsonb_typeof(e.changes) = 'object' "
        "THEN e.changes ELSE '{}' END) AS f (name) WHERE e.action LIKE '%.update' AND ");
  } else {
    query.sql(
        " CROSS JOIN LATERAL jsonb_object_keys(CASE WHEN jsonb_typeof(e.after) = 'object' "
        "THEN e.after ELSE '{}' END) AS f (name) WHERE e.op = 'U' AND ");
  }
}

// One column, `value`, of each event, or of each changed field of one.
void append_values(db::Query& query, const StatsQuestion& question, Dimension dimension) {
  bool is_first = true;
  for (const Source source : question.sources) {
    if (!is_first) query.sql(" UNION ALL ");
    is_first = false;
    query.sql("SELECT ");
    append_value(query, dimension, source);
    if (dimension == Dimension::hour && source == Source::app) query.sql(" AT TIME ZONE 'UTC'");
    query.sql(" AS value");
    append_from(query, source);
    if (dimension == Dimension::field) {
      append_fields(query, source);
    } else {
      query.sql(" WHERE ");
    }
    append_filter(query, question.filter, source);
  }
}

Tally count_values(db::Transaction& tx, const StatsQuestion& question, Dimension dimension) {
  db::Query query{"audit.count_values"};
  query.sql(
      "SELECT g.value, g.events, (sum(g.events) OVER ())::bigint AS total, count(*) OVER () AS "
      "values FROM (SELECT v.value, count(*) AS events FROM (");
  append_values(query, question, dimension);
  query.sql(") AS v GROUP BY v.value) AS g ORDER BY g.events DESC, g.value COLLATE \"C\" LIMIT ");
  query.param(question.top).sql("::bigint");
  Tally tally{.dimension = dimension};
  const db::Result rows = tx.query(query);
  for (const db::Row row : rows) {
    tally.top.push_back(
        {db::nullable<std::string>(row["value"]), row["events"].as<std::int64_t>()});
    tally.total = row["total"].as<std::int64_t>();
    tally.values = row["values"].as<std::int64_t>();
  }
  tally.others = tally.total;
  for (const Count& count : tally.top) tally.others -= count.events;
  return tally;
}

Tally count_hours(db::Transaction& tx, const StatsQuestion& question) {
  db::Query query{"audit.count_hours"};
  query
      .sql(
          "SELECT g.hour, count(*) AS events FROM (SELECT CASE WHEN isfinite(v.value) THEN "
          "((extract(isodow FROM v.value AT TIME ZONE ")
      .param(question.time_zone);
  query.sql("::text) - 1) * 24 + extract(hour FROM v.value AT TIME ZONE ");
  query.param(question.time_zone).sql("::text))::integer END AS hour FROM (");
  append_values(query, question, Dimension::hour);
  query.sql(") AS v) AS g GROUP BY g.hour");
  Tally tally{.dimension = Dimension::hour};
  const db::Result rows = tx.query(query);
  for (const db::Row row : rows) {
    const auto events = row["events"].as<std::int64_t>();
    tally.total += events;
    if (const auto hour = db::nullable<int>(row["hour"])) {
      tally.hours.at(static_cast<std::size_t>(*hour)) = events;
      ++tally.values;
    } else {
      tally.timeless = events;
    }
  }
  return tally;
}

std::int64_t count_events(db::Transaction& tx, const StatsQuestion& question) {
  db::Query query{"audit.count_events"};
  query.sql("SELECT count(*) AS events FROM (");
  append_values(query, question, Dimension::hour);
  query.sql(") AS v");
  return tx.query(query).one()["events"].as<std::int64_t>();
}

}  // namespace

std::string_view to_string(Dimension dimension) noexcept {
  switch (dimension) {
    case Dimension::user: return "user";
    case Dimension::action: return "action";
    case Dimension::resource: return "resource";
    case Dimension::tenant: return "tenant";
    case Dimension::hour: return "hour";
    case Dimension::field: return "field";
  }
  return "";
}

Stats read_stats(db::Transaction& tx, const StatsQuestion& question) {
  StatsQuestion asked = question;
  std::erase_if(asked.sources, [&](Source source) { return excludes(question.filter, source); });
  Stats stats;
  const bool is_empty = asked.sources.empty();
  for (const Dimension dimension : question.by) {
    stats.tallies.push_back(is_empty                       ? Tally{.dimension = dimension}
                            : dimension == Dimension::hour ? count_hours(tx, asked)
                                                           : count_values(tx, asked, dimension));
  }
  const auto whole = std::ranges::find_if(
      stats.tallies, [](const Tally& tally) { return tally.dimension != Dimension::field; });
  if (whole != stats.tallies.end()) {
    stats.events = whole->total;
  } else if (!is_empty) {
    stats.events = count_events(tx, asked);
  }
  return stats;
}

}  // namespace pcx::audit
