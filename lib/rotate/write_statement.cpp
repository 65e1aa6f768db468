#include "rotate/write_statement.h"

#include <algorithm>
#include <utility>

#include "core/document.h"
#include "core/json.h"
#include "rotate/cell_text.h"

namespace pcx::rotate {

using db::Query;

namespace {

// Whether the write has texts of cells as a parameter.
bool has_texts(const Target& target) {
  return std::any_of(target.cells.begin(), target.cells.end(), [](const Cell& cell) {
    return has_match(cell) || !cell.field.member.empty();
  });
}

// The jsonb columns of which members are written, each once.
std::vector<std::string> patched_columns(const Target& target) {
  std::vector<std::string> columns;
  for (const Cell& cell : target.cells) {
    const std::string& name = cell.field.column;
    if (cell.field.member.empty()) continue;
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
  }
  return columns;
}

// The cells whose row stands in a column of its own: one for each such column.
std::vector<std::size_t> cells_by_row_column(const Target& target) {
  std::vector<std::size_t> cells;
  for (std::size_t i = 0; i < target.cells.size(); ++i) {
    const auto& copy = target.cells[i].field.copy;
    if (!copy) continue;
    const bool is_there = std::any_of(cells.begin(), cells.end(), [&](std::size_t cell) {
      return target.cells[cell].field.copy->row_column == copy->row_column;
    });
    if (!is_there) cells.push_back(i);
  }
  return cells;
}

std::size_t arrays_of(const Target& target) {
  return target.key.size() + 2 * target.cells.size() + patched_columns(target).size() +
         cells_by_row_column(target).size();
}

// The parameters of the write and the columns of x that they become: keys, then for each cell its
// old and its new text, then the patches, then the rows that copies are of, then the texts of the
// cells (a parameter only).
void add_source(Query& query, const Target& target) {
  const std::size_t arrays = arrays_of(target);
  query.sql("unnest(");
  for (std::size_t i = 1; i <= arrays; ++i) {
    if (i > 1) query.sql(", ");
    query.sql("$").number(static_cast<std::int64_t>(i)).sql("::pg_catalog.text[]");
  }
  query.sql(") AS x(");
  for (std::size_t i = 1; i <= arrays; ++i) {
    if (i > 1) query.sql(", ");
    query.sql("a").number(static_cast<std::int64_t>(i));
  }
  query.sql(")");
}

void add_source_column(Query& query, std::size_t number) {
  query.sql("x.a").number(static_cast<std::int64_t>(number));
}

// What a column becomes: `cell` is the whole of it.
void add_fresh_cell(Query& query, const Target& target, std::size_t cell) {
  query.sql("coalesce(");
  if (target.cells[cell].is_json) query.sql("pg_catalog.to_jsonb");
  query.sql("(");
  add_source_column(query, target.key.size() + 2 * cell + 2);
  query.sql("), t.").identifier(target.cells[cell].field.column).sql(")");
}

// The same of an object of which members are written: number `patched` of patched_columns().
void add_fresh_object(Query& query, const Target& target, const std::string& column,
                      std::size_t patched) {
  query.sql("coalesce(t.").identifier(column).sql(" || ");
  add_source_column(query, target.key.size() + 2 * target.cells.size() + patched + 1);
  query.sql("::pg_catalog.jsonb, t.").identifier(column).sql(")");
}

void add_assignments(Query& query, const Target& target) {
  bool first = true;
  const auto begin = [&](const std::string& column) {
    if (!first) query.sql(", ");
    first = false;
    query.identifier(column).sql(" = ");
  };
  for (std::size_t i = 0; i < target.cells.size(); ++i) {
    const Cell& cell = target.cells[i];
    if (!cell.field.member.empty()) continue;
    begin(cell.field.column);
    add_fresh_cell(query, target, i);
  }
  const auto patched = patched_columns(target);
  for (std::size_t i = 0; i < patched.size(); ++i) {
    begin(patched[i]);
    add_fresh_object(query, target, patched[i], i);
  }
}

void add_comparisons(Query& query, const Target& target) {
  const std::size_t keys = target.key.size();
  const std::size_t arrays = arrays_of(target);
  std::int64_t text = 0;
  for (std::size_t i = 0; i < target.cells.size(); ++i) {
    query.sql(" AND ");
    add_own_cell(query, target.cells[i], [&](Query& asked, const std::string&) {
      asked.sql("($").number(static_cast<std::int64_t>(arrays + 1));
      asked.sql("::pg_catalog.text[])[").number(++text).sql("]");
    });
    query.sql(" IS NOT DISTINCT FROM ");
    add_source_column(query, keys + 2 * i + 1);
  }
  const auto copies = cells_by_row_column(target);
  for (std::size_t i = 0; i < copies.size(); ++i) {
    query.sql(" AND t.").identifier(target.cells[copies[i]].field.copy->row_column);
    query.sql("::pg_catalog.text IS NOT DISTINCT FROM ");
    add_source_column(query, arrays - copies.size() + i + 1);
  }
}

void add_update(Query& query, const Target& target) {
  query.sql("UPDATE ONLY ").identifier(target.schema, target.table).sql(" AS t SET ");
  add_assignments(query, target);
}

// Which rows, and that they are still what was read.
void add_condition(Query& query, const Target& target) {
  query.sql(" WHERE ");
  for (std::size_t i = 0; i < target.key.size(); ++i) {
    if (i > 0) query.sql(" AND ");
    query.sql("t.").identifier(target.key[i].name).sql(kEquals);
    add_source_column(query, i + 1);
    query.sql("::").identifier(target.key[i].type_schema, target.key[i].type_name);
  }
  add_comparisons(query, target);
}

// The key as the trail writes it.
void add_trail_key(Query& query, const Target& target) {
  if (target.key.size() == 1) {
    query.sql("t.").identifier(target.key.front().name).sql("::pg_catalog.text");
    return;
  }
  query.sql("pg_catalog.jsonb_build_array(");
  for (std::size_t i = 0; i < target.key.size(); ++i) {
    if (i > 0) query.sql(", ");
    query.sql("t.").identifier(target.key[i].name);
  }
  query.sql(")::pg_catalog.text");
}

// The last parameter: WriteArrays::tell_trail() has its order.
template <std::size_t N>
void add_told(Query& query, const Target& target, const char (&which)[N]) {
  const auto texts = static_cast<std::int64_t>(has_texts(target) ? 1 : 0);
  query.sql("($").number(static_cast<std::int64_t>(arrays_of(target)) + texts + 1);
  query.sql("::pg_catalog.text[])").sql(which);
}

void add_note(Query& query, const Target& target) {
  add_told(query, target, "[5:]::pg_catalog.int4[], ");
  add_told(query, target, "[2]::pg_catalog.int4, ");
  add_told(query, target, "[3], ");
  add_told(query, target, "[4]) AS r");
}

Query captured_write(const Target& target) {
  Query query{"rotate.write_audited_rows"};
  query.sql("WITH done AS (");
  add_update(query, target);
  query.sql(" FROM ");
  add_source(query, target);
  add_condition(query, target);
  query.sql(" RETURNING ");
  add_trail_key(query, target);
  query.sql(" AS key) SELECT r FROM pcx.audit_resealed(");
  add_told(query, target, "[1], ARRAY(SELECT key FROM done), ");
  add_note(query, target);
  return query;
}

// The table is public.audit_logs, and the column `changes`: preflight admits no others.
Query trail_write(const Target& target) {
  const Cell& cell = target.cells.front();
  Query query{"rotate.write_trail"};
  query.sql("WITH due AS MATERIALIZED (SELECT pg_catalog.array_agg(t.");
  query.identifier(target.key.front().name).sql("::pg_catalog.text) AS ids, ");
  query.sql("pg_catalog.array_agg(t.").identifier(cell.field.column).sql(") AS was, ");
  query.sql("pg_catalog.array_agg(");
  if (cell.field.member.empty()) {
    add_fresh_cell(query, target, 0);
  } else {
    add_fresh_object(query, target, cell.field.column, 0);
  }
  query.sql(") AS becomes FROM ONLY ").identifier(target.schema, target.table).sql(" AS t");
  query.sql(" CROSS JOIN ");
  add_source(query, target);
  add_condition(query, target);
  query.sql(") SELECT r FROM due CROSS JOIN pcx.audit_reseal(due.ids, due.was, due.becomes, ");
  add_note(query, target);
  return query;
}

}  // namespace

Query write_query(const Target& target) {
  if (target.trail == TrailRole::captured) return captured_write(target);
  if (target.trail == TrailRole::part) return trail_write(target);
  Query query{"rotate.write_rows"};
  add_update(query, target);
  query.sql(" FROM ");
  add_source(query, target);
  add_condition(query, target);
  return query;
}

WriteArrays::WriteArrays(const Target& target, TrailNote note)
    : target_(&target),
      note_(std::move(note)),
      keys_(target.key.size()),
      old_(target.cells.size()),
      fresh_(target.cells.size()),
      patches_(patched_columns(target).size()),
      copies_(cells_by_row_column(target)),
      bound_to_(copies_.size()) {
  // In the order in which add_own_cell() names them.
  for (const Cell& cell : target.cells) {
    if (has_match(cell)) texts_.add(cell.field.copy->match_value);
    if (!cell.field.member.empty()) texts_.add(cell.field.member);
  }
}

void WriteArrays::clear() {
  for (auto* list : {&keys_, &old_, &fresh_, &patches_, &bound_to_}) {
    for (db::TextArray& array : *list) array.clear();
  }
  from_.clear();
  rows_ = 0;
}

void WriteArrays::add(const OldRow& row, const std::vector<std::optional<std::string>>& fresh,
                      const std::set<KeyId>& from) {
  from_.insert(from.begin(), from.end());
  for (std::size_t i = 0; i < keys_.size(); ++i) keys_[i].add(row.key[i]);
  const auto patched = patched_columns(*target_);
  std::vector<std::optional<Document>> patches(patched.size());
  for (std::size_t i = 0; i < old_.size(); ++i) {
    const fields::Field& field = target_->cells[i].field;
    old_[i].add_nullable(row.old[i]);
    fresh_[i].add_nullable(fresh[i]);
    if (field.member.empty() || !fresh[i]) continue;
    const auto column = std::find(patched.begin(), patched.end(), field.column);
    auto& patch = patches[static_cast<std::size_t>(column - patched.begin())];
    if (!patch) patch = Document::object();
    patch->set(field.member, *fresh[i]);
  }
  for (std::size_t i = 0; i < patches.size(); ++i) {
    // NULL: the object stays as it is.
    patches[i] ? patches_[i].add(to_json(*patches[i])) : patches_[i].add_null();
  }
  for (std::size_t i = 0; i < copies_.size(); ++i) {
    bound_to_[i].add_nullable(row.bound_to[copies_[i]]);
  }
  ++rows_;
}

void WriteArrays::tell_trail() {
  told_.clear();
  told_.add(target_->schema + "." + target_->table);
  told_.add(std::to_string(note_.to));
  told_.add(note_.actor);
  told_.add(note_.reason);
  for (const KeyId key : from_) told_.add(std::to_string(key));
}

std::vector<const db::TextArray*> WriteArrays::arrays() {
  std::vector<const db::TextArray*> all;
  for (const db::TextArray& key : keys_) all.push_back(&key);
  for (std::size_t i = 0; i < old_.size(); ++i) {
    all.push_back(&old_[i]);
    all.push_back(&fresh_[i]);
  }
  for (const db::TextArray& patch : patches_) all.push_back(&patch);
  for (const db::TextArray& bound_to : bound_to_) all.push_back(&bound_to);
  if (texts_.size() > 0) all.push_back(&texts_);
  if (target_->trail == TrailRole::none) return all;
  tell_trail();
  all.push_back(&told_);
  return all;
}

}  // namespace pcx::rotate
