// A field: one place in the database whose values are sealed. A whole column, or one member of the
// objects in a jsonb column. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/enc_v2.h"

namespace pcx::fields {

// What a value is bound to besides its column.
enum class Bind {
  row,     // its row: moved to another one it does not open
  column,  // nothing more, for tables without a primary key
};

// A copy holds values that were sealed for the rows of another table: the application writes what
// it sends to medical_records into audit_logs.changes, too.
struct Copy {
  std::string row_column;    // holds the primary key of the row that a value was sealed for
  std::string match_column;  // only rows whose match_column is match_value; empty: all
  std::string match_value;

  bool operator==(const Copy&) const = default;
};

struct Field {
  std::string schema;
  std::string table;
  std::string column;
  std::string member;   // of the object in a jsonb column; empty: the column itself
  crypto::Column name;  // the logical one: what its values are bound to, for ever
  Bind bind = Bind::row;
  std::optional<Copy> copy;

  bool operator==(const Field&) const = default;
};

// Of column-bound values, in place of the primary key.
inline constexpr const char* kAnyRow = "*";

// "medical_records.diagnosis", "clinic.notes.text", "audit_logs.changes.diagnosis": without schema
// public.
std::string to_string(const Field& field);

const char* to_string(Bind bind) noexcept;

}  // namespace pcx::fields
