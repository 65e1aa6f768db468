#include "rotate/statements.h"

#include <charconv>

#include "core/error.h"
#include "rotate/cell_text.h"

namespace pcx::rotate {

using db::Query;

namespace {

// ", true", or for a copy whether the row is one that has a value.
void add_matches(Query& query, const Cell& cell) {
  const auto& copy = cell.field.copy;
  if (!copy || copy->match_column.empty()) {
    query.sql(", true");
  } else {
    query.sql(", t.").identifier(copy->match_column).sql(kEquals).param(copy->match_value);
  }
}

void add_pending(Query& query, const Cell& cell, const std::string& prefix) {
  query.sql("(");
  add_cell(query, cell);
  query.sql(" <> ''");
  if (!prefix.empty()) {
    query.sql(" AND NOT ");
    add_cell(query, cell);
    query.sql(" ^@ ").param(prefix);
  }
  const auto& copy = cell.field.copy;
  if (copy && !copy->match_column.empty()) {
    query.sql(" AND t.").identifier(copy->match_column).sql(kEquals).param(copy->match_value);
  }
  query.sql(")");
}

void add_source_column(Query& query, std::size_t number) {
  query.sql("x.a").number(static_cast<std::int64_t>(number));
}

// The column whose text a cell's values are bound to; nullptr: to no row.
const std::string* row_column(const Target& target, const Cell& cell) {
  if (cell.field.copy) return &cell.field.copy->row_column;
  return cell.field.bind == fields::Bind::row ? &target.key.front().name : nullptr;
}

void add_columns(Query& query, const Target& target) {
  query.sql("SELECT t.ctid::pg_catalog.text");
  for (const KeyColumn& column : target.key) {
    query.sql(", t.").identifier(column.name).sql("::pg_catalog.text");
  }
  for (const Cell& cell : target.cells) {
    query.sql(", ");
    add_own_cell(query, cell, [](Query& asked, const std::string& text) { asked.param(text); });
    const std::string* row = row_column(target, cell);
    if (row != nullptr) query.sql(", t.").identifier(*row).sql("::pg_catalog.text");
    if (row == nullptr) query.sql(", NULL");
    add_matches(query, cell);
  }
  query.sql(" FROM ONLY ").identifier(target.schema, target.table).sql(" AS t");
}

void add_any_pending(Query& query, const Target& target, const std::string& prefix) {
  query.sql("(");
  for (std::size_t i = 0; i < target.cells.size(); ++i) {
    if (i > 0) query.sql(" OR ");
    add_pending(query, target.cells[i], prefix);
  }
  query.sql(")");
}

// "(12,3)" -> 12
std::uint32_t block_of(std::string_view ctid) {
  std::uint32_t block = 0;
  const auto read = std::from_chars(ctid.data() + 1, ctid.data() + ctid.size(), block);
  if (read.ec != std::errc{}) throw Error{ErrorCode::internal, "a ctid that is none"};
  return block;
}

std::string first_of(std::int64_t block) { return "(" + std::to_string(block) + ",0)"; }

}  // namespace

Query pages_query(const Target& target, const BlockRange& blocks, const std::string& prefix) {
  Query query{"rotate.read_pages"};
  add_columns(query, target);
  query.sql(" WHERE t.ctid >= ").param(first_of(blocks.from)).sql("::pg_catalog.tid");
  query.sql(" AND t.ctid < ").param(first_of(blocks.to)).sql("::pg_catalog.tid AND ");
  add_any_pending(query, target, prefix);
  return query;
}

Query rows_query(const Target& target, const std::vector<std::vector<std::string>>& keys,
                 const std::string& prefix) {
  Query query{"rotate.read_rows"};
  add_columns(query, target);
  query.sql(", ROWS FROM (");
  for (std::size_t i = 0; i < target.key.size(); ++i) {
    std::vector<std::string> column;
    for (const auto& key : keys) column.push_back(key[i]);
    if (i > 0) query.sql(", ");
    query.sql("pg_catalog.unnest(").param(column).sql("::pg_catalog.text[])");
  }
  query.sql(") AS x(");
  for (std::size_t i = 0; i < target.key.size(); ++i) {
    if (i > 0) query.sql(", ");
    query.sql("a").number(static_cast<std::int64_t>(i + 1));
  }
  query.sql(") WHERE ");
  for (std::size_t i = 0; i < target.key.size(); ++i) {
    query.sql("t.").identifier(target.key[i].name).sql(kEquals);
    add_source_column(query, i + 1);
    query.sql("::").identifier(target.key[i].type_schema, target.key[i].type_name).sql(" AND ");
  }
  add_any_pending(query, target, prefix);
  return query;
}

Query prune_query(const Target& target, const BlockRange& blocks) {
  Query query{"rotate.prune_pages"};
  query.sql("SELECT count(*) FROM ONLY ").identifier(target.schema, target.table);
  query.sql(" AS t WHERE t.ctid >= ").param(first_of(blocks.from)).sql("::pg_catalog.tid");
  return query.sql(" AND t.ctid < ").param(first_of(blocks.to)).sql("::pg_catalog.tid");
}

Query remaining_query(const Target& target, const std::string& prefix) {
  Query query{"rotate.count_remaining"};
  query.sql("SELECT ");
  for (std::size_t i = 0; i < target.cells.size(); ++i) {
    if (i > 0) query.sql(", ");
    query.sql("count(*) FILTER (WHERE ");
    add_pending(query, target.cells[i], "");
    query.sql("), count(*) FILTER (WHERE ");
    add_pending(query, target.cells[i], prefix);
    query.sql(")");
  }
  return query.sql(" FROM ONLY ").identifier(target.schema, target.table).sql(" AS t");
}

Query census_query(const Target& target) {
  Query query{"rotate.take_census"};
  query.sql("SELECT l.cell, l.look, l.key, count(*)");
  query.sql(", coalesce(sum(pg_catalog.octet_length(l.value)), 0)::pg_catalog.int8 FROM ONLY ");
  query.identifier(target.schema, target.table).sql(" AS t CROSS JOIN LATERAL (SELECT v.*");
  query.sql(R"(, CASE WHEN v.value IS NULL THEN 'null'
       WHEN v.value = '' THEN 'empty'
       WHEN v.value ^@ 'enc:v2:' THEN 'v2'
       WHEN v.value ^@ 'enc:v1:' THEN 'v1'
       WHEN v.value ^@ 'enc:v' THEN 'unknown'
       WHEN v.value ~ '^\s*\{' AND pg_catalog.strpos(v.value, '"encrypted"') > 0 THEN 'json'
       ELSE 'plaintext' END AS look,
  CASE WHEN v.value ^@ 'enc:v2:' THEN pg_catalog.split_part(v.value, ':', 3) END AS key
  FROM (VALUES )");
  for (std::size_t i = 0; i < target.cells.size(); ++i) {
    if (i > 0) query.sql(", ");
    query.sql("(").number(static_cast<std::int64_t>(i)).sql(", ");
    add_cell(query, target.cells[i]);
    add_matches(query, target.cells[i]);
    query.sql(")");
  }
  return query.sql(") AS v(cell, value, matches)) AS l WHERE l.matches GROUP BY 1, 2, 3");
}

std::vector<OldRow> read_rows(const Target& target, const db::Result& rows) {
  std::vector<OldRow> read;
  read.reserve(rows.size());
  for (const db::Row row : rows) {
    OldRow& old = read.emplace_back();
    old.block = block_of(row[0].as<std::string_view>());
    std::size_t at = 1;
    for (std::size_t i = 0; i < target.key.size(); ++i) {
      old.key.push_back(row[at++].as<std::string>());
    }
    for (std::size_t i = 0; i < target.cells.size(); ++i) {
      old.old.push_back(db::nullable<std::string>(row[at++]));
      old.bound_to.push_back(db::nullable<std::string>(row[at++]));
      const Cell& cell = target.cells[i];
      if (row_column(target, cell) == nullptr) old.bound_to.back() = fields::kAnyRow;
      old.matches.push_back(db::nullable<bool>(row[at++]).value_or(false));
    }
  }
  return read;
}

}  // namespace pcx::rotate
