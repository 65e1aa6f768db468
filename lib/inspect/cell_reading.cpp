#include "inspect/cell_reading.h"

#include <algorithm>

#include <fmt/format.h>

#include "fields/field.h"
#include "inspect/known_cells.h"

namespace pcx::inspect {

using fields::Bind;

namespace {

// The column whose text a cell's values are bound to; nullptr: to any row.
const std::string* binding_column(const rotate::Target& target, const rotate::Cell& cell) {
  if (cell.field.copy) return &cell.field.copy->row_column;
  return cell.field.bind == Bind::row ? &target.key.front().name : nullptr;
}

bool has_match(const rotate::Cell& cell) {
  return cell.field.copy && !cell.field.copy->match_column.empty();
}

std::string first_of(std::int64_t block) { return fmt::format("({},0)", block); }

std::optional<std::string_view> text_at(const db::Row& row, std::size_t column) {
  return db::nullable<std::string_view>(row[column]);
}

}  // namespace

std::string why_unreadable(const rotate::Target& target) {
  for (const rotate::Cell& cell : target.cells) {
    if (cell.field.copy || cell.field.bind == Bind::column || target.key.size() == 1) continue;
    return fmt::format("{} is bound to its row, and the table has no primary key of one column",
                       to_string(cell.field));
  }
  return {};
}

CellReading::CellReading(const rotate::Target& target)
    : target_(target), key_size_(std::max<std::size_t>(target.key.size(), 1)) {
  for (const rotate::Cell& cell : target.cells) {
    const std::string* const column = binding_column(target, cell);
    const bool is_new =
        column != nullptr && std::find(bound_.begin(), bound_.end(), *column) == bound_.end();
    if (is_new) bound_.push_back(*column);
  }
  std::size_t next = key_size_ + bound_.size();
  for (const rotate::Cell& cell : target.cells) {
    Columns& columns = columns_.emplace_back();
    columns.value = next++;
    if (has_match(cell)) columns.matches = next++;
    const std::string* const column = binding_column(target, cell);
    if (column == nullptr) continue;
    const auto at = std::find(bound_.begin(), bound_.end(), *column) - bound_.begin();
    columns.bound_to = key_size_ + static_cast<std::size_t>(at);
  }
}

db::Query CellReading::query(const rotate::BlockRange& blocks) const {
  db::Query query{"inspect.read_pages"};
  query.sql("SELECT ");
  if (target_.key.empty()) query.sql("t.ctid::pg_catalog.text");
  for (std::size_t i = 0; i < target_.key.size(); ++i) {
    if (i > 0) query.sql(", ");
    query.sql("t.").identifier(target_.key[i].name).sql("::pg_catalog.text");
  }
  for (const std::string& column : bound_) {
    query.sql(", t.").identifier(column).sql("::pg_catalog.text");
  }
  for (const rotate::Cell& cell : target_.cells) {
    query.sql(", ");
    add_cell_text(query, cell);
    if (!has_match(cell)) continue;
    query.sql(", ");
    add_matches(query, cell);
  }
  query.sql(" FROM ONLY ").identifier(target_.schema, target_.table).sql(" AS t WHERE t.ctid >= ");
  query.param(first_of(blocks.from)).sql("::pg_catalog.tid AND t.ctid < ");
  return query.param(first_of(blocks.to)).sql("::pg_catalog.tid");
}

void CellReading::visit(const db::Row& row,
                        const std::function<void(const CellValue&)>& visitor) const {
  for (std::size_t cell = 0; cell < columns_.size(); ++cell) {
    const Columns& columns = columns_[cell];
    if (columns.matches && text_at(row, *columns.matches) != "t") continue;
    visitor({cell, text_at(row, columns.value),
             columns.bound_to ? text_at(row, *columns.bound_to)
                              : std::optional<std::string_view>{fields::kAnyRow}});
  }
}

std::vector<std::string> CellReading::key_of(const db::Row& row) const {
  std::vector<std::string> key;
  for (std::size_t i = 0; i < key_size_; ++i) {
    key.push_back(db::nullable<std::string>(row[i]).value_or(""));
  }
  return key;
}

}  // namespace pcx::inspect
