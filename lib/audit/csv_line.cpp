#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

#include "audit/export_line.h"
#include "audit/pg_time.h"
#include "audit/quotes.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kLineEnd = "\r\n";

void append_cell(std::string& out, std::string_view text, bool is_guarded) {
  const bool is_marked = is_guarded && (is_formula(text) || text.starts_with('\''));
  const bool is_quoted = text.empty() || text.find_first_of("\",\r\n") != std::string_view::npos;
  if (is_quoted) out += '"';
  if (is_marked) out += '\'';
  for (;;) {
    const std::size_t quote = is_quoted ? text.find('"') : std::string_view::npos;
    if (quote == std::string_view::npos) break;
    out += text.substr(0, quote + 1);
    out += '"';
    text.remove_prefix(quote + 1);
  }
  out += text;
  if (is_quoted) out += '"';
}

template <typename Number>
void append_number(std::string& out, Number value) {
  std::array<char, 24> digits{};
  out.append(digits.data(), std::to_chars(digits.data(), digits.end(), value).ptr);
}

void append_front(std::string& out, const TrailEvent& event, std::uint64_t index) {
  append_number(out, index);
  out += ',';
  append_number(out, event.position.segment);
  out += ',';
  append_number(out, event.position.xid);
  out += ',';
  append_number(out, event.position.seq);
  out += ',';
  append_pg_time(out, event.at);
  out += ',';
  out += source_word(event.source);
}

void append_field(std::string& out, const ExportColumn& column, const db::BinaryField& field,
                  bool is_guarded) {
  if (!field) return;
  if (column.kind == CellKind::time) return append_pg_time(out, db::binary_int8(field));
  append_cell(out, cell_text(column.kind, field), is_guarded);
}

// --- Reading

bool is_special(char byte) { return byte == ',' || byte == '"' || byte == '\r' || byte == '\n'; }

// Cells from left to right.
class Cells {
 public:
  explicit Cells(std::string_view line) : rest_(line) {}

  struct Cell {
    std::string_view text;    // without the quotes around it
    bool is_quoted = false;   //
    bool has_quotes = false;  // in it, each twice
  };
  bool next(Cell& cell) {
    if (!std::exchange(is_first_, false)) {
      if (!rest_.starts_with(',')) return false;
      rest_.remove_prefix(1);
    }
    if (rest_.starts_with('"')) return quoted(cell);
    const auto stop = std::ranges::find_if(rest_, is_special);
    const auto end = static_cast<std::size_t>(stop - rest_.begin());
    cell = {rest_.substr(0, end)};
    rest_.remove_prefix(end);
    return rest_.empty() || rest_.front() == ',';
  }
  bool is_at_end() const { return rest_.empty(); }

 private:
  bool quoted(Cell& cell) {
    cell.is_quoted = true;
    cell.has_quotes = false;
    for (std::size_t at = 1;; at += 2) {
      at = find_quote(rest_, at);
      if (at == std::string_view::npos) return false;
      if (at + 1 < rest_.size() && rest_[at + 1] == '"') {
        cell.has_quotes = true;
        continue;
      }
      cell.text = rest_.substr(1, at - 1);
      rest_.remove_prefix(at + 1);
      return true;
    }
  }

  std::string_view rest_;
  bool is_first_ = true;
};

// REQUIRES: each quote in it is there twice
void append_unquoted(std::string& text, std::string_view cell) {
  const std::size_t old = text.size();
  text.resize(old + cell.size());
  text.resize(old + copy_unquoted(text.data() + old, cell));
}

constexpr std::size_t kCellsMax = 32;  // there are fewer columns

struct Line {
  std::array<Cells::Cell, kCellsMax> cells;
  std::size_t count = 0;

  std::size_t size() const { return count; }
  const Cells::Cell& operator[](std::size_t i) const { return cells[i]; }
};

bool read_cells(std::string_view text, Line& line) {
  Cells cells{text};
  const std::size_t count = std::min(csv_columns().size(), kCellsMax);
  for (; line.count < count; ++line.count) {
    if (!cells.next(line.cells[line.count])) return false;
  }
  return cells.is_at_end();
}

bool read_front(const Line& cells, ExportedRow& row) {
  for (std::size_t i = 0; i < kFrontColumns; ++i) {
    if (cells[i].is_quoted) return false;
  }
  const auto index = parse_decimal(cells[0].text);
  const auto segment = parse_decimal(cells[1].text);
  const auto xid = parse_decimal(cells[2].text);
  const auto seq = parse_decimal(cells[3].text);
  const auto at = parse_pg_time(cells[4].text);
  const auto source = source_of_word(cells[5].text);
  if (!index || !segment || !xid || !seq || !at || !source) return false;
  if (*index < 0 || *segment < 0 || *xid < 0) return false;
  if (*segment > std::numeric_limits<int>::max()) return false;
  row.index = static_cast<std::uint64_t>(*index);
  row.event = {.source = *source,
               .position = {static_cast<int>(*segment), static_cast<std::uint64_t>(*xid), *seq},
               .at = *at,
               .columns = {}};
  return true;
}

// Cells of other sources' columns are empty.
bool has_only(const Line& cells, LeafSource source) {
  const auto columns = export_columns(source);
  const auto order = csv_order(source);
  std::size_t next = 0;
  for (std::size_t i = kFrontColumns; i < cells.size(); ++i) {
    if (next < order.size() && columns[order[next]].csv_column == i) {
      ++next;
    } else if (cells[i].is_quoted || !cells[i].text.empty()) {
      return false;
    }
  }
  return true;
}

bool add_value(const Cells::Cell& cell, CellKind kind, bool is_guarded, RowFields& fields) {
  if (cell.text.empty() && !cell.is_quoted) {
    fields.add_null();
    return true;
  }
  if (kind == CellKind::time) {
    const auto value = cell.is_quoted ? std::nullopt : parse_pg_time(cell.text);
    if (value) fields.add_number(*value);
    return value.has_value();
  }
  std::string_view text = cell.text;
  if (is_guarded && text.starts_with('\'')) text.remove_prefix(1);
  if (kind == CellKind::text && !cell.has_quotes) {
    fields.add_text(text);
    return true;
  }
  append_unquoted(fields.open(kind), text);
  fields.close();
  return true;
}

}  // namespace

const char* to_string(ExportFormat format) noexcept {
  return format == ExportFormat::jsonl ? "jsonl" : "csv";
}

std::string csv_header() { return join(csv_columns(), ",") + std::string{kLineEnd}; }

void append_csv_line(std::string& out, const TrailEvent& event, std::uint64_t index,
                     bool is_guarded) {
  append_front(out, event, index);
  const auto columns = export_columns(event.source);
  std::size_t at = kFrontColumns - 1;
  for (const std::size_t i : csv_order(event.source)) {
    out.append(columns[i].csv_column - at, ',');
    at = columns[i].csv_column;
    append_field(out, columns[i], event.columns[i], is_guarded);
  }
  out.append(csv_columns().size() - 1 - at, ',');
  out += kLineEnd;
}

std::optional<ExportedRow> read_csv_line(std::string_view line, bool is_guarded,
                                         RowFields& fields) {
  Line cells;
  ExportedRow row;
  if (!read_cells(line, cells) || !read_front(cells, row) || !has_only(cells, row.event.source)) {
    return std::nullopt;
  }
  fields.begin(line.size());
  for (const ExportColumn& column : export_columns(row.event.source)) {
    if (column.is_in_front) {
      fields.add_front(column, row.event);
    } else if (!add_value(cells[column.csv_column], column.kind, is_guarded, fields)) {
      return std::nullopt;
    }
  }
  row.event.columns = fields.row();
  return row;
}

}  // namespace pcx::audit
