// Values of exported rows, between PostgreSQL's binary form and text: what both formats share.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/trail_event.h"

namespace pcx::audit {

enum class CellKind {
  number,  // seq and xid: they stand in front, as the position
  time,
  text,  // "char", too
  json,
};

struct ExportColumn {
  std::string name;
  std::string json_key;  // ,"name":
  CellKind kind = CellKind::text;
  bool is_in_front = false;  // seq, xid, at: before the columns of the record
  std::size_t csv_column = 0;
};

// One for each column of the record, in its order.
std::span<const ExportColumn> export_columns(LeafSource source);
// Which of them are cells of their own, from left to right in a line of csv.
std::span<const std::size_t> csv_order(LeafSource source);

// What stands in front of them, then those of all sources, each name once.
const std::vector<std::string>& csv_columns();
inline constexpr std::size_t kFrontColumns = 6;  // index segment xid seq at source

// The text of a value that PostgreSQL sent. jsonb: without its version byte. Throws Error{data}
// for what it does not send. REQUIRES: kind is text or json
std::string_view cell_text(CellKind kind, const db::BinaryField& field);

// Decimal digits as std::to_chars writes them, nothing else.
std::optional<std::int64_t> parse_decimal(std::string_view digits) noexcept;

// The fields of a row, as PostgreSQL would send them. What is not in the line as it is lies in a
// buffer, which does not move while a row is made.
class RowFields {
 public:
  // `line_bytes` is the length of the line: no value is longer than what it is made of.
  void begin(std::size_t line_bytes);
  void add_null() { fields_.emplace_back(std::nullopt); }
  void add_text(std::string_view text) { fields_.emplace_back(std::as_bytes(std::span{text})); }
  void add_number(std::int64_t value);
  void add_json(std::string_view text);
  // For a value that is made of pieces of the line: append to what open() returns, then close().
  std::string& open(CellKind kind);
  void close() { add_text(std::string_view{bytes_}.substr(opened_)); }
  // The columns that stand in front.
  void add_front(const ExportColumn& column, const TrailEvent& event);

  db::BinaryRow row() const { return fields_; }

 private:
  std::string bytes_;
  std::size_t opened_ = 0;  // where in it the value begins
  std::vector<db::BinaryField> fields_;
};

}  // namespace pcx::audit
