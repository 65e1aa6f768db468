#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>

#include "audit/export_line.h"
#include "audit/pg_time.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// Which bytes cannot stand in a JSON string as they are, and the letter behind the backslash; 'u':
// by number.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> escapes{};
  for (std::size_t c = 0; c < 0x20; ++c) escapes[c] = 'u';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  return escapes;
}
constexpr std::array<char, 256> kEscapes = make_escapes();

char escape_of(char c) { return kEscapes[static_cast<unsigned char>(c)]; }

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char escape = escape_of(text[i]);
    if (escape == 0) [[likely]]
      continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    out += escape;
    if (escape != 'u') continue;
    out += "00";
    out += kHexDigits[static_cast<unsigned char>(text[i]) >> 4];
    out += kHexDigits[static_cast<unsigned char>(text[i]) & 15];
  }
  out.append(text, plain);
  out += '"';
}

template <typename Number>
void append_number(std::string& out, Number value) {
  std::array<char, 24> digits{};
  out.append(digits.data(), std::to_chars(digits.data(), digits.end(), value).ptr);
}

void append_front(std::string& out, const TrailEvent& event, std::optional<std::uint64_t> index) {
  out += '{';
  if (index) {
    out += "\"index\":";
    append_number(out, *index);
    out += ',';
  }
  out += "\"segment\":";
  append_number(out, event.position.segment);
  out += ",\"xid\":";
  append_number(out, event.position.xid);
  out += ",\"seq\":";
  append_number(out, event.position.seq);
  out += ",\"at\":\"";
  append_pg_time(out, event.at);
  out += "\",\"source\":\"";
  out += source_word(event.source);
  out += '"';
}

// --- Reading: a place in the line that goes on only over what it expects.

class Cursor {
 public:
  explicit Cursor(std::string_view line) : rest_(line) {}

  bool skip(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  bool is_at_end() const { return rest_ == "}"; }

  std::optional<std::int64_t> number(std::string_view key) {
    if (!skip(key)) return std::nullopt;
    const std::string_view digits = rest_.substr(0, rest_.find(','));
    rest_.remove_prefix(digits.size());
    return parse_decimal(digits);
  }
  // What is between quotes, where it holds no escapes.
  std::optional<std::string_view> plain_string() {
    if (!skip("\"")) return std::nullopt;
    const std::size_t end = rest_.find('"');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }
  bool read_string(RowFields& fields) {
    if (!skip("\"")) return false;
    const std::size_t end = rest_.find('"');
    if (end == std::string_view::npos) return false;
    const std::string_view text = rest_.substr(0, end);
    if (std::memchr(text.data(), '\\', text.size()) != nullptr) return read_escaped(fields);
    fields.add_text(text);
    rest_.remove_prefix(end + 1);
    return true;
  }
  // A value that ends where the next key or the end of the line is.
  std::string_view json() {
    std::size_t end = rest_.size() - std::min<std::size_t>(rest_.size(), 1);
    for (std::size_t at = rest_.find(",\""); at != std::string_view::npos && at + 2 < rest_.size();
         at = rest_.find(",\"", at + 1)) {
      const char next = rest_[at + 2];
      if (next < 'a' || next > 'z') continue;
      end = at;
      break;
    }
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return text;
  }

 private:
  bool read_escaped(RowFields& fields) {
    std::string& text = fields.open(CellKind::text);
    for (;;) {
      const std::size_t plain = rest_.find_first_of("\"\\");
      if (plain == std::string_view::npos) return false;
      text += rest_.substr(0, plain);
      const bool is_end = rest_[plain] == '"';
      rest_.remove_prefix(plain + 1);
      if (is_end) break;
      if (!read_escape(text)) return false;
    }
    fields.close();
    return true;
  }
  bool read_escape(std::string& text) {
    if (rest_.empty()) return false;
    const char letter = rest_[0];
    rest_.remove_prefix(1);
    if (letter == 'u') return read_numbered(text);
    for (std::size_t c = 0; c < kEscapes.size(); ++c) {
      if (kEscapes[c] != letter) continue;
      text += static_cast<char>(c);
      return true;
    }
    return false;
  }
  bool read_numbered(std::string& text) {
    if (rest_.size() < 4 || !rest_.starts_with("00")) return false;
    const std::size_t high = kHexDigits.find(rest_[2]);
    const std::size_t low = kHexDigits.find(rest_[3]);
    if (high > 1 || low == std::string_view::npos) return false;
    text += static_cast<char>(high << 4 | low);
    rest_.remove_prefix(4);
    return kEscapes[high << 4 | low] == 'u';
  }

  std::string_view rest_;
};

bool read_front(Cursor& cursor, ExportedRow& row) {
  const auto index = cursor.number("{\"index\":");
  const auto segment = cursor.number(",\"segment\":");
  const auto xid = cursor.number(",\"xid\":");
  const auto seq = cursor.number(",\"seq\":");
  if (!index || !segment || !xid || !seq || *index < 0 || *segment < 0 || *xid < 0) return false;
  if (*segment > std::numeric_limits<int>::max() || !cursor.skip(",\"at\":")) return false;
  const auto at_text = cursor.plain_string();
  const auto at = at_text ? parse_pg_time(*at_text) : std::nullopt;
  if (!at || !cursor.skip(",\"source\":")) return false;
  const auto word = cursor.plain_string();
  const auto source = word ? source_of_word(*word) : std::nullopt;
  if (!source) return false;
  row.index = static_cast<std::uint64_t>(*index);
  row.event = {.source = *source,
               .position = {static_cast<int>(*segment), static_cast<std::uint64_t>(*xid), *seq},
               .at = *at,
               .columns = {}};
  return true;
}

bool read_value(Cursor& cursor, CellKind kind, RowFields& fields) {
  switch (kind) {
    case CellKind::json: fields.add_json(cursor.json()); return true;
    case CellKind::text: return cursor.read_string(fields);
    case CellKind::time: {
      const auto text = cursor.plain_string();
      const auto value = text ? parse_pg_time(*text) : std::nullopt;
      if (value) fields.add_number(*value);
      return value.has_value();
    }
    case CellKind::number: break;  // they stand in front
  }
  return false;
}

}  // namespace

void append_json_line(std::string& out, const TrailEvent& event,
                      std::optional<std::uint64_t> index) {
  append_front(out, event, index);
  const auto columns = export_columns(event.source);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ExportColumn& column = columns[i];
    const db::BinaryField& field = event.columns[i];
    if (column.is_in_front || !field) continue;
    out += column.json_key;
    if (column.kind == CellKind::json) {
      out += cell_text(column.kind, field);
    } else if (column.kind == CellKind::time) {
      out += '"';
      append_pg_time(out, db::binary_int8(field));
      out += '"';
    } else {
      append_string(out, cell_text(column.kind, field));
    }
  }
  out += "}\n";
}

std::optional<ExportedRow> read_json_line(std::string_view line, RowFields& fields) {
  ExportedRow row;
  Cursor cursor{line};
  if (!read_front(cursor, row)) return std::nullopt;
  fields.begin(line.size());
  for (const ExportColumn& column : export_columns(row.event.source)) {
    if (column.is_in_front) {
      fields.add_front(column, row.event);
    } else if (!cursor.skip(column.json_key)) {
      fields.add_null();
    } else if (!read_value(cursor, column.kind, fields)) {
      return std::nullopt;
    }
  }
  if (!cursor.is_at_end()) return std::nullopt;
  row.event.columns = fields.row();
  return row;
}

}  // namespace pcx::audit
