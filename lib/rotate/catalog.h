// What the server's catalog says of the tables that have fields.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/database.h"
#include "fields/field.h"
#include "rotate/target.h"

namespace pcx::rotate {

enum class HeapKind { table, partitioned, foreign, view };

// Of a column that has a field.
struct ColumnFacts {
  bool exists = false;
  std::string type;    // pg_type's name: "text", "varchar", "jsonb"
  int length_max = 0;  // in characters; 0: no limit
  bool is_generated = false;
  bool is_indexed = false;          // as a column of an index; expressions are not looked at
  bool is_unique = false;           // of one that keeps rows with equal values away
  std::vector<std::string> checks;  // CHECK constraints that look at it, but for pcx's own
  bool may_update = false;
  bool is_trailed = false;  // the audit trail keeps its values, not digests of them

  bool is_text() const { return type == "text" || type == "varchar" || type == "bpchar"; }
  bool is_json() const { return type == "jsonb"; }
};

// One heap: a table, a partition or an heir, with the fields of the table that was registered.
struct Heap {
  std::string root;  // as registered: "medical_records", "clinic.notes"
  HeapKind kind = HeapKind::table;
  Target target;
  std::vector<ColumnFacts> columns;  // one for each of target.cells
  std::int64_t blocks = 0;
  std::int64_t rows_estimated = 0;  // by the last ANALYZE; -1: never
  bool row_security = false;        // policies hide rows from this role
  bool may_read = false;
  bool may_lock = false;              // LOCK TABLE: a right to update columns is not enough
  std::vector<std::string> triggers;  // that fire for an UPDATE, but for the trail's
  // The same under session_replication_role = replica: ENABLE ALWAYS and ENABLE REPLICA.
  std::vector<std::string> unskipped_triggers;
  // Where target.trail is not `none`: whether this role may call the trail's functions, and whether
  // their owner may write this table for it.
  bool may_reseal = false;
  std::string trail_owner;
  bool trail_may_write = false;

  std::string name() const;  // as to_string(fields::Field) writes a table
};

struct Heaps {
  std::vector<Heap> heaps;
  std::vector<fields::Field> missing;  // fields whose table is not there
  std::vector<fields::Field> absent;   // the same, of a profile: not every database has them all

  // What is missing of a profile is absent.
  void excuse_missing();
};

// How many pages the heap has now.
std::int64_t heap_blocks(db::Database& database, const Target& target);

Heaps read_heaps(db::Database& database, const std::vector<fields::Field>& fields);

}  // namespace pcx::rotate
