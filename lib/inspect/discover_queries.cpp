#include "inspect/discover_queries.h"

#include "inspect/discovery.h"
#include "inspect/sensitive_name.h"

namespace pcx::inspect {

using db::Query;

namespace {

// Any text with one of these needs a closer look.
constexpr const char* kHints[] = {"enc:v",  "vault:v",     "v1.aesgcm256.",
                                  "c30d04", "\"encrypted", "-----BEGIN PGP MESSAGE"};

void add_source(Query& query, const Relation& relation, const Sample& sample) {
  query.sql(" FROM ONLY ").identifier(relation.schema, relation.table).sql(" AS t");
  if (!sample.percent) return;
  query.sql(" TABLESAMPLE system (")
      .param(*sample.percent)
      .sql("::pg_catalog.float4) REPEATABLE (");
  query.number(sample.seed).sql(")");
}

void add_may_be_sealed(Query& query, const TextColumn& column, const Cells& cells) {
  query.sql("(");
  if (column.holds == Holds::bytea) {
    query.sql("pg_catalog.substr(t.").identifier(column.name);
    query.sql(R"(, 1, 3) = '\xc30d04'::pg_catalog.bytea OR )");
  }
  bool is_first = true;
  for (const char* hint : kHints) {
    if (!is_first) query.sql(" OR ");
    is_first = false;
    query.sql("pg_catalog.strpos(");
    add_unknown_text(query, column, cells);
    query.sql(", ").param(hint).sql(") > 0");
  }
  query.sql(")");
}

// What a text `x.value` is; NULL: nothing that is known.
constexpr const char kMarkOfText[] = R"(CASE
  WHEN x.value ^@ 'enc:v2:' THEN 'enc_v2'
  WHEN x.value ^@ 'enc:v1:' THEN 'enc_v1'
  WHEN x.value ^@ 'enc:v' THEN 'enc_unknown'
  WHEN x.value ~ '^vault:v[0-9]+:' THEN 'vault'
  WHEN x.value ^@ 'v1.aesgcm256.' THEN 'cloak'
  WHEN x.value ~ '^(\\x)?c30d04[0-9a-f]' OR x.value ^@ '-----BEGIN PGP MESSAGE' THEN 'pgp'
  WHEN x.value ~ '^\s*\{' AND x.value ~ '"encrypted"\s*:' AND x.value ~ '"iv"\s*:'
   AND x.value ~ '"tag"\s*:' THEN 'guide'
  WHEN x.value ~ 'enc:v[0-9]+:|vault:v[0-9]+:|v1\.aesgcm256\.|-----BEGIN PGP MESSAGE'
    OR x.value ~ '"encrypted\\*"\s*:.*"tag\\*"\s*:|"tag\\*"\s*:.*"encrypted\\*"\s*:'
  THEN 'inside' END)";

// Every value in a JSON column, with its path; names that may be data are not told.
constexpr const char kWalk[] = R"(
     UNION ALL
    SELECT w.path || e.step, e.value, w.depth + 1
      FROM walk w
     CROSS JOIN LATERAL (
           SELECT '.' || CASE WHEN o.key ~ '^[A-Za-z_][A-Za-z0-9_]{0,62}$' THEN o.key
                              ELSE '*' END AS step, o.value
             FROM pg_catalog.jsonb_each(CASE WHEN pg_catalog.jsonb_typeof(w.value) = 'object'
                                             THEN w.value ELSE '{}' END) AS o
            UNION ALL
           SELECT '[]', a.value
             FROM pg_catalog.jsonb_array_elements(
                    CASE WHEN pg_catalog.jsonb_typeof(w.value) = 'array'
                         THEN w.value ELSE '[]' END) AS a(value)) e
     WHERE w.depth < 32 AND NOT (pg_catalog.jsonb_typeof(w.value) = 'object'
                                 AND w.value ?& ARRAY['encrypted', 'iv', 'tag'])
), x AS (
    SELECT w.path,
           CASE pg_catalog.jsonb_typeof(w.value)
             WHEN 'string' THEN w.value #>> '{}'
             WHEN 'object' THEN CASE WHEN w.value ?& ARRAY['encrypted', 'iv', 'tag']
                                     THEN w.value::pg_catalog.text END
           END COLLATE pg_catalog."C" AS value
      FROM walk w
)
SELECT m.path, m.mark, count(*) AS n FROM (SELECT x.path, )";

Query json_details(const Subject& subject, const TextColumn& column, const Cells& cells,
                   const Sample& sample) {
  Query query{"inspect.find_paths"};
  query.sql("WITH RECURSIVE walk(path, value, depth) AS (SELECT '', ");
  add_unknown_json(query, column, cells);
  query.sql(", 0");
  add_source(query, subject.relation, sample);
  query.sql(" WHERE ");
  add_may_be_sealed(query, column, cells);
  query.sql(kWalk).sql(kMarkOfText);
  return query.sql(
      " AS mark FROM x) AS m WHERE m.mark IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2");
}

}  // namespace

Query overview_query(const Subject& subject, const Sample& sample) {
  const Relation& relation = subject.relation;
  Query query{"inspect.overview"};
  query.sql("SELECT count(*)");
  for (const TextColumn& column : relation.columns) {
    query.sql(", count(*) FILTER (WHERE ");
    add_may_be_sealed(query, column, cells_of(subject.cells, column));
    query.sql(")");
  }
  for (const TextColumn& column : relation.columns) {
    const Cells cells = cells_of(subject.cells, column);
    if (column.holds != Holds::text || !cells.empty() || !is_sensitive_name(column.name)) {
      query.sql(", 0");
      continue;
    }
    query.sql(", count(*) FILTER (WHERE t.").identifier(column.name).sql("::pg_catalog.text <> ''");
    query.sql(" AND NOT ");
    add_may_be_sealed(query, column, cells);
    query.sql(")");
  }
  for (const rotate::Cell& cell : subject.cells) {
    query.sql(", count(*) FILTER (WHERE ");
    add_matches(query, cell);
    query.sql(" AND ");
    add_cell_text(query, cell);
    query.sql(" <> '' AND NOT ");
    add_cell_text(query, cell);
    query.sql(" ^@ 'enc:v' AND NOT (");
    add_cell_text(query, cell);
    query.sql(R"( ~ '^\s*\{' AND pg_catalog.strpos()");
    add_cell_text(query, cell);
    query.sql(", '\"encrypted\"') > 0))");
  }
  add_source(query, relation, sample);
  return query;
}

Query details_query(const Subject& subject, const TextColumn& column, const Sample& sample) {
  const Cells cells = cells_of(subject.cells, column);
  const bool is_json = column.holds == Holds::json || column.holds == Holds::jsonb;
  if (is_json) return json_details(subject, column, cells, sample);
  Query query{"inspect.find_marks"};
  query.sql("SELECT '' AS path, m.mark, count(*) AS n FROM (SELECT ");
  if (column.holds == Holds::bytea) {
    query.sql(R"(CASE WHEN x.is_pgp THEN 'pgp' ELSE )");
  }
  query.sql(kMarkOfText);
  if (column.holds == Holds::bytea) query.sql(" END");
  query.sql(" AS mark FROM (SELECT ");
  add_unknown_text(query, column, cells);
  query.sql(" AS value");
  if (column.holds == Holds::bytea) {
    query.sql(", pg_catalog.substr(t.").identifier(column.name);
    query.sql(R"(, 1, 3) = '\xc30d04'::pg_catalog.bytea AS is_pgp)");
  }
  add_source(query, subject.relation, sample);
  query.sql(" WHERE ");
  add_may_be_sealed(query, column, cells);
  return query.sql(") AS x) AS m WHERE m.mark IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 2");
}

}  // namespace pcx::inspect
