#include "kpi/question.h"

#include <algorithm>

#include "core/time.h"
#include "db/authored_query.h"

namespace pcx::kpi {
namespace {

using Query = db::AuthoredQuery;

// The same as the session's search_path would be asked for; types and functions are PostgreSQL's.
void add_windows(Query& query, const Span& span) {
  std::vector<std::string> from, until, asked;
  for (const Window& window : span.windows) {
    from.push_back(to_rfc3339_us(window.day.from));
    until.push_back(to_rfc3339_us(window.until));
    asked.push_back(window.asked ? "t" : "f");
  }
  query.sql("windows AS MATERIALIZED (\n  SELECT n::integer AS n, lo, hi, ");
  if (span.is_partial) {
    query.sql("hi");
  } else {
    query.sql("timestamp 'infinity'");
  }
  query.sql(" AS known_until, asked\n  FROM unnest(").param(from).sql("::timestamp[], ");
  query.param(until).sql("::timestamp[], ").param(asked);
  query.sql("::boolean[]) WITH ORDINALITY AS w(lo, hi, asked, n)\n)");
  query.sql(
      ", days AS MATERIALIZED (\n"
      "  SELECT n, lo, hi, known_until FROM windows WHERE asked\n)");
  query.sql(
      ", bounds AS MATERIALIZED (\n"
      "  SELECT min(lo) AS lo, max(hi) AS hi,\n"
      "         (SELECT array_agg(edge ORDER BY n, place)\n"
      "          FROM windows CROSS JOIN LATERAL (VALUES (1, lo), (2, hi)) AS e(place, edge)\n"
      "         ) AS edges\n"
      "  FROM windows\n)");
  query.sql(", moment AS MATERIALIZED (SELECT ").param(to_rfc3339_us(span.now));
  query.sql("::timestamp AS at)");
}

void add_number(Query& query, const std::string& expression, int digits) {
  query.sql("coalesce(round((").authored(expression).sql("\n)::numeric, ").number(digits);
  query.sql(")::text, '')");
}

void add_values(Query& query, const Catalog& catalog, const Selection& selection,
                std::size_t source) {
  query.sql("ARRAY[");
  bool is_first = true;
  for (const std::size_t number : selection) {
    const Definition& definition = catalog.definitions[number];
    if (definition.source != source) continue;
    if (!is_first) query.sql(", ");
    is_first = false;
    add_number(query, definition.value, digits_of(definition.kind));
    query.sql(", ");
    if (definition.sample.empty()) {
      query.sql("''");
    } else {
      add_number(query, definition.sample, 0);
    }
  }
  query.sql("]");
}

// Which column a group is a part by, and its value there: as many cases as there are columns.
void add_part(Query& query, const std::vector<std::string>& columns) {
  if (columns.empty()) {
    query.sql("0, NULL::text");
    return;
  }
  query.sql("CASE");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    query.sql(" WHEN GROUPING(").identifier(columns[i]).sql(") = 0 THEN ");
    query.number(static_cast<std::int64_t>(i + 1));
  }
  query.sql(" ELSE 0 END, CASE");
  for (const std::string& column : columns) {
    query.sql(" WHEN GROUPING(").identifier(column).sql(") = 0 THEN ").identifier(column);
    query.sql("::text");
  }
  query.sql(" END");
}

void add_groups(Query& query, bool has_windows, const std::vector<std::string>& columns) {
  query.sql("GROUP BY GROUPING SETS (");
  const auto begin = [&] {
    if (has_windows) {
      query.sql("(n, tenant");
    } else {
      query.sql("(tenant");
    }
  };
  begin();
  query.sql(")");
  for (const std::string& column : columns) {
    query.sql(", ");
    begin();
    query.sql(", ").identifier(column).sql(")");
  }
  query.sql(")");
}

// Everybody: the server would compare each row with each of them.
bool is_everybody(const Scope& scope) {
  return scope.has_rest && std::ranges::is_permutation(scope.tenants, scope.others);
}

void add_scope(Query& query, const Scope& scope) {
  if (is_everybody(scope)) return;
  query.sql("WHERE (tenant = ANY (").param(scope.tenants).sql("::text[])");
  if (scope.has_rest) {
    query.sql(" OR tenant IS NULL OR tenant <> ALL (").param(scope.others).sql("::text[])");
  }
  query.sql(")\n");
}

void add_answer(Query& query, const Catalog& catalog, const Selection& selection,
                std::size_t source, const Scope& scope) {
  const bool has_windows = catalog.sources[source].rows != Rows::state;
  const auto columns = parts_of(catalog, selection, source);
  query.sql("SELECT ").number(static_cast<std::int64_t>(source)).sql(" AS source, ");
  if (has_windows) {
    query.sql("n::integer");
  } else {
    query.sql("NULL::integer");
  }
  query.sql(" AS n, tenant, ");
  add_part(query, columns);
  query.sql(",\n  ");
  add_values(query, catalog, selection, source);
  query.sql("\nFROM ").identifier(catalog.sources[source].name).sql("\n");
  add_scope(query, scope);
  add_groups(query, has_windows, columns);
}

bool asks(const Catalog& catalog, const Selection& selection, std::size_t source) {
  return std::ranges::any_of(
      selection, [&](std::size_t number) { return catalog.definitions[number].source == source; });
}

}  // namespace

std::vector<std::string> parts_of(const Catalog& catalog, const Selection& selection,
                                  std::size_t source) {
  std::vector<std::string> columns;
  for (const std::size_t number : selection) {
    const Definition& definition = catalog.definitions[number];
    if (definition.source != source || definition.by.empty()) continue;
    if (std::ranges::find(columns, definition.by) == columns.end()) {
      columns.push_back(definition.by);
    }
  }
  return columns;
}

std::vector<std::size_t> sources_of(const Catalog& catalog, const Selection& selection) {
  std::vector<bool> needed(catalog.sources.size());
  for (const std::size_t number : selection) needed[catalog.definitions[number].source] = true;
  for (std::size_t i = catalog.sources.size(); i-- > 0;) {
    if (!needed[i]) continue;
    for (std::size_t j = 0; j < i; ++j) {
      const auto& needs = catalog.sources[i].needs;
      if (std::ranges::find(needs, catalog.sources[j].name) != needs.end()) needed[j] = true;
    }
  }
  std::vector<std::size_t> sources;
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (needed[i]) sources.push_back(i);
  }
  return sources;
}

db::Query compose_question(const Catalog& catalog, const Selection& selection, const Span& span,
                           const Scope& scope) {
  Query query;
  query.sql("WITH ");
  add_windows(query, span);
  const auto sources = sources_of(catalog, selection);
  for (const std::size_t number : sources) {
    const Source& source = catalog.sources[number];
    query.sql(", ").identifier(source.name).sql(" AS (\n");
    query.authored(source.sql).sql("\n)");
  }
  bool is_first = true;
  for (const std::size_t number : sources) {
    if (!asks(catalog, selection, number)) continue;
    if (is_first) {
      query.sql("\n");
    } else {
      query.sql("\nUNION ALL\n");
    }
    is_first = false;
    add_answer(query, catalog, selection, number, scope);
  }
  return std::move(query).finish("kpi.question");
}

}  // namespace pcx::kpi
