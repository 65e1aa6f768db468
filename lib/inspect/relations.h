// Where texts may be: every table, partition, materialised view and foreign table of the database,
// with the columns that may hold an encrypted value. Registered or not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/query.h"

namespace pcx::inspect {

// How a column holds its texts.
enum class Holds {
  text,
  json,
  jsonb,
  bytea,
  other,  // arrays, composite types, types of extensions: looked at as texts
};

struct TextColumn {
  std::string name;
  Holds holds = Holds::text;
  bool may_read = false;
};

struct Relation {
  std::uint32_t oid = 0;
  std::string schema;
  std::string table;
  bool is_foreign = false;
  bool is_view = false;       // a materialised one
  bool row_security = false;  // policies hide rows from this role
  std::int64_t blocks = 0;
  std::int64_t rows_estimated = 0;  // by the last ANALYZE; -1: never
  std::vector<TextColumn> columns;  // at least one

  std::string name() const;  // "clients", "clinic.notes"
  // Why this role cannot look at all of it; empty: it can.
  std::string why_hidden() const;
};

// What the audit trail has captured (pcx.change) may hold values that no rotation reaches, of
// columns that were no fields then.
enum class Captured { leave_out, include };

// Without the rest of schema pcx, the server's own, and the ledger of migrations. In alphabetical
// order.
std::vector<Relation> read_relations(db::Database& database, Captured captured);

// Adds the column of `t` as a text, whatever it holds; compared byte by byte. Escapes of a json
// column are resolved, since they can write any letter otherwise. Bytes are written as encode() of
// format escape does: what is ASCII stays.
void add_text_of(db::Query& query, const TextColumn& column);

}  // namespace pcx::inspect
