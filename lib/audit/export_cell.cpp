#include "audit/export_cell.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "audit/record.h"
#include "core/error.h"

namespace pcx::audit {

namespace {

constexpr char kJsonbVersion = 1;
constexpr std::array<LeafSource, 3> kLeafSources{LeafSource::change, LeafSource::application,
                                                 LeafSource::meta};

CellKind kind_of(std::uint32_t type) {
  switch (type) {
    case 20:    // int8
    case 5069:  // xid8
      return CellKind::number;
    case 1114:  // timestamp
    case 1184:  // timestamptz
      return CellKind::time;
    case 3802: return CellKind::json;
    default: return CellKind::text;
  }
}

bool is_in_front(std::string_view name) { return name == "seq" || name == "xid" || name == "at"; }

std::vector<std::string> all_names() {
  std::vector<std::string> names{"index", "segment", "xid", "seq", "at", "source"};
  for (const LeafSource source : kLeafSources) {
    for (const RecordColumn& column : record_columns(source)) {
      const std::string name{column.name};
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

struct Layout {
  std::vector<ExportColumn> columns;
  std::vector<std::size_t> csv_order;
};

std::vector<ExportColumn> make_columns(LeafSource source) {
  const auto& names = csv_columns();
  std::vector<ExportColumn> columns;
  for (const RecordColumn& column : record_columns(source)) {
    const std::string name{column.name};
    const auto place = std::find(names.begin(), names.end(), name) - names.begin();
    columns.push_back({.name = name,
                       .json_key = ",\"" + name + "\":",
                       .kind = kind_of(column.type),
                       .is_in_front = is_in_front(name),
                       .csv_column = static_cast<std::size_t>(place)});
  }
  return columns;
}

Layout make_layout(LeafSource source) {
  Layout layout{.columns = make_columns(source), .csv_order = {}};
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    if (!layout.columns[i].is_in_front) layout.csv_order.push_back(i);
  }
  std::ranges::sort(layout.csv_order, {},
                    [&](std::size_t i) { return layout.columns[i].csv_column; });
  return layout;
}

const Layout& layout_of(LeafSource source) {
  static const std::array<Layout, kLeafSources.size()> layouts{
      make_layout(kLeafSources[0]), make_layout(kLeafSources[1]), make_layout(kLeafSources[2])};
  switch (source) {
    case LeafSource::change: return layouts[0];
    case LeafSource::application: return layouts[1];
    case LeafSource::meta: break;
  }
  return layouts[2];
}

}  // namespace

std::string_view source_word(LeafSource source) noexcept {
  switch (source) {
    case LeafSource::application: return "app";
    case LeafSource::change: return "trigger";
    case LeafSource::meta: return "meta";
  }
  return "unknown";
}

std::optional<LeafSource> source_of_word(std::string_view word) noexcept {
  for (const LeafSource source : kLeafSources) {
    if (word == source_word(source)) return source;
  }
  return std::nullopt;
}

const std::vector<std::string>& csv_columns() {
  static const std::vector<std::string> names = all_names();
  return names;
}

std::span<const ExportColumn> export_columns(LeafSource source) {
  return layout_of(source).columns;
}

std::span<const std::size_t> csv_order(LeafSource source) { return layout_of(source).csv_order; }

std::string_view cell_text(CellKind kind, const db::BinaryField& field) {
  std::string_view text = db::binary_text(field);
  if (kind != CellKind::json) return text;
  if (text.empty() || text[0] != kJsonbVersion) {
    throw Error{ErrorCode::data, "a jsonb of a version that nobody knows"};
  }
  return text.substr(1);
}

std::optional<std::int64_t> parse_decimal(std::string_view digits) noexcept {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), value);
  if (error != std::errc{} || end != digits.end()) return std::nullopt;
  const std::string_view bare = value < 0 ? digits.substr(1) : digits;
  const bool has_more = bare.starts_with('0') && (bare.size() > 1 || digits.starts_with('-'));
  return has_more ? std::nullopt : std::optional{value};
}

void RowFields::begin(std::size_t line_bytes) {
  constexpr std::size_t kMore = 128;  // numbers, and the version byte of each jsonb
  bytes_.clear();
  bytes_.reserve(line_bytes + kMore);
  fields_.clear();
}

std::string& RowFields::open(CellKind kind) {
  opened_ = bytes_.size();
  if (kind == CellKind::json) bytes_ += kJsonbVersion;
  return bytes_;
}

void RowFields::add_number(std::int64_t value) {
  open(CellKind::number);
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes_ += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff);
  }
  close();
}

void RowFields::add_json(std::string_view text) {
  open(CellKind::json) += text;
  close();
}

void RowFields::add_front(const ExportColumn& column, const TrailEvent& event) {
  if (column.kind == CellKind::time) return add_number(event.at);
  if (column.name == "seq") return add_number(event.position.seq);
  add_number(static_cast<std::int64_t>(event.position.xid));
}

}  // namespace pcx::audit
