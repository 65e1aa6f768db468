#include "inspect/known_cells.h"

namespace pcx::inspect {

using db::Query;

namespace {

// A whole column is known, in the rows that match.
bool is_whole(const Cells& cells) { return !cells.empty() && cells.front()->field.member.empty(); }

void add_json(Query& query, const TextColumn& column) {
  if (column.holds == Holds::jsonb) {
    query.sql("t.").identifier(column.name);
  } else {
    add_text_of(query, column);
    query.sql("::pg_catalog.jsonb");
  }
}

void add_without_members(Query& query, const TextColumn& column, const Cells& cells) {
  query.sql("(CASE WHEN pg_catalog.jsonb_typeof(t.").identifier(column.name);
  query.sql(") = 'object' THEN t.").identifier(column.name).sql(" - ARRAY[");
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) query.sql(", ");
    query.sql("CASE WHEN ");
    add_matches(query, *cells[i]);
    query.sql(" THEN ").param(cells[i]->field.member).sql("::pg_catalog.text END");
  }
  query.sql("] ELSE t.").identifier(column.name).sql(" END)");
}

void add_unless_matching(Query& query, const TextColumn& column, const rotate::Cell& cell) {
  query.sql("(CASE WHEN ");
  add_matches(query, cell);
  if (column.holds == Holds::jsonb) {
    query.sql(" AND pg_catalog.jsonb_typeof(t.").identifier(column.name).sql(") = 'string'");
  }
  query.sql(" THEN NULL ELSE ");
}

}  // namespace

Cells cells_of(const std::vector<rotate::Cell>& known, const TextColumn& column) {
  Cells cells;
  for (const rotate::Cell& cell : known) {
    if (cell.field.column == column.name) cells.push_back(&cell);
  }
  return cells;
}

void add_matches(Query& query, const rotate::Cell& cell) {
  const auto& copy = cell.field.copy;
  if (!copy || copy->match_column.empty()) {
    query.sql("true");
  } else {
    query.sql("t.").identifier(copy->match_column).sql("::pg_catalog.text = ");
    query.param(copy->match_value);
  }
}

void add_cell_text(Query& query, const rotate::Cell& cell) {
  query.sql("(t.").identifier(cell.field.column);
  if (!cell.is_json) {
    query.sql("::pg_catalog.text)");
  } else if (cell.field.member.empty()) {
    query.sql(" #>> '{}')");
  } else {
    query.sql(" ->> ").param(cell.field.member).sql(")");
  }
  query.sql(" COLLATE pg_catalog.\"C\"");
}

void add_unknown_text(Query& query, const TextColumn& column, const Cells& cells) {
  if (is_whole(cells)) {
    add_unless_matching(query, column, *cells.front());
    add_text_of(query, column);
    query.sql(" END)");
  } else if (!cells.empty() && column.holds == Holds::jsonb) {
    add_without_members(query, column, cells);
    query.sql("::pg_catalog.text COLLATE pg_catalog.\"C\"");
  } else {
    add_text_of(query, column);
  }
}

void add_unknown_json(Query& query, const TextColumn& column, const Cells& cells) {
  if (is_whole(cells)) {
    add_unless_matching(query, column, *cells.front());
    add_json(query, column);
    query.sql(" END)");
  } else if (!cells.empty() && column.holds == Holds::jsonb) {
    add_without_members(query, column, cells);
  } else {
    add_json(query, column);
  }
}

}  // namespace pcx::inspect
