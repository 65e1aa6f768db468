// A table whose fields are to be resealed: what must be known of it to read and to write its rows.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fields/field.h"

namespace pcx::rotate {

// A column of the primary key. Its type has a name in a schema, for the cast from text.
struct KeyColumn {
  std::string name;
  std::string type_schema;
  std::string type_name;
};

struct Cell {
  fields::Field field;
  bool is_json = false;  // the column is jsonb
};

// What the audit trail has to do with a table (lib/db/schema/006_audit.sql): how its rows are to
// be written so that the trail stays verifiable.
enum class TrailRole {
  none,
  captured,  // triggers write down every change: one note a statement instead, and no values
  part,      // its rows are part of the trail: only pcx.audit_reseal() may change them
};

// One heap: an ordinary table or a leaf of a partitioned one.
struct Target {
  std::uint32_t relation = 0;  // oid
  std::string schema;
  std::string table;
  std::vector<KeyColumn> key;  // at least one
  std::vector<Cell> cells;     // at least one
  TrailRole trail = TrailRole::none;
};

// A row as it was read. `old` has a text for each cell, std::nullopt for NULL.
struct OldRow {
  std::vector<std::string> key;                      // a text for each column
  std::uint32_t block = 0;                           // where its version was
  std::vector<std::optional<std::string>> bound_to;  // the row of each cell; NULL in a copy: none
  std::vector<std::optional<std::string>> old;
  std::vector<bool> matches;  // of a copy whether the row is one that has it; else true

  std::size_t bytes() const;  // of all its values
};

}  // namespace pcx::rotate
