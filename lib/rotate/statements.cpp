#include "rotate/statements.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/document.h"
#include "core/error.h"
#include "core/json.h"

namespace pcx::rotate {

using db::Query;

namespace {

// Of types that the server knows no operator for and casts, another schema may have one. So may it
// have an unnest() of one text[].
constexpr char kEquals[] = " OPERATOR(pg_catalog.=) ";

// The text of a cell. `text` adds a text that is given to the statement: the name of a member.
template <typename AddText>
void add_cell(Query& query, const Cell& cell, const AddText& text) {
  query.sql("(t.").identifier(cell.field.column);
  if (!cell.is_json) {
    query.sql("::pg_catalog.text)");
  } else if (cell.field.member.empty()) {
    query.sql(" #>> '{}'::pg_catalog.text[])");
  } else {
    query.sql(" ->> ");
    text(query, cell.field.member);
    query.sql(")");
  }
}

void add_cell(Query& query, const Cell& cell) {
  add_cell(query, cell, [](Query& asked, const std::string& text) { asked.param(text); });
}

bool has_match(const Cell& cell) {
  return cell.field.copy && !cell.field.copy->match_column.empty();
}

// The same where the row has such a cell, else NULL: in a row that does not match, the text is
// somebody else's.
template <typename AddText>
void add_own_cell(Query& query, const Cell& cell, const AddText& text) {
  if (!has_match(cell)) return add_cell(query, cell, text);
  query.sql("(CASE WHEN t.").identifier(cell.field.copy->match_column);
  query.sql("::pg_catalog.text = ");
  text(query, cell.field.copy->match_value);
  query.sql(" THEN ");
  add_cell(query, cell, text);
  query.sql(" END)");
}

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

namespace {

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
