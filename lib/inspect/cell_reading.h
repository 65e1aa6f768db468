// The cells of one heap, read page by page: values with the rows that they are bound to.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "db/query.h"
#include "rotate/statements.h"
#include "rotate/target.h"

namespace pcx::inspect {

// A cell of a row. The views are valid during the visit.
struct CellValue {
  std::size_t cell = 0;                   // of the target
  std::optional<std::string_view> value;  // std::nullopt: NULL
  std::optional<std::string_view>
      bound_to;  // row that it was sealed for; std::nullopt: none is said
};

class CellReading {
 public:
  // REQUIRES: every cell has a row to be bound to (see why_unreadable); `target` outlives it
  explicit CellReading(const rotate::Target& target);

  // Every row of these pages, as the transaction sees them.
  db::Query query(const rotate::BlockRange& blocks) const;

  // The cells of a row that have something to say: of a copy, only where the row matches.
  void visit(const db::Row& row, const std::function<void(const CellValue&)>& visitor) const;
  // The primary key of the row; without one, its place (ctid).
  std::vector<std::string> key_of(const db::Row& row) const;

 private:
  struct Columns {
    std::size_t value = 0;
    std::optional<std::size_t> matches;
    std::optional<std::size_t> bound_to;  // std::nullopt: to any row
  };

  const rotate::Target& target_;
  std::size_t key_size_;
  std::vector<std::string> bound_;  // columns that values are bound to, each once
  std::vector<Columns> columns_;    // of each cell
};

// Why cells of this target cannot be read; empty: they can.
std::string why_unreadable(const rotate::Target& target);

}  // namespace pcx::inspect
