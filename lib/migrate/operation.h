// What a statement that stands alone does to the catalog, as far as its text tells: by that, after
// a crash, the database can be asked whether it took effect.
#pragma once

#include <string>
#include <string_view>

namespace pcx::migrate {

struct Operation {
  enum class Kind {
    create_index,      // CREATE INDEX CONCURRENTLY
    drop_index,        // DROP INDEX CONCURRENTLY
    reindex_index,     // REINDEX INDEX CONCURRENTLY
    reindex_table,     // REINDEX TABLE CONCURRENTLY
    detach_partition,  // ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY
    create_database,
    drop_database,
    create_tablespace,
    drop_tablespace,
    repeatable,  // run twice it is as if run once: VACUUM, CLUSTER, REINDEX of a schema, ALTER
                 // SYSTEM
    unknowable,  // the catalog does not tell: CALL, DO, COMMIT PREPARED, CREATE SUBSCRIPTION, ...
  };
  Kind kind = Kind::unknowable;
  std::string schema;  // and name of the index, the partition, the database; empty: as it comes
  std::string name;
  std::string table_schema;  // and name of the table, or the partitioned table
  std::string table;
  // Of a create_index: the same, not concurrently and without a name, for a temporary table of the
  // same name: an expression may name its table.
  std::string on_temporary_table;
  bool names_tablespace = false;  // of a create_index
};

// REQUIRES: `sql` is one statement that cannot run inside a transaction. What the grammar cannot
// read is unknowable.
Operation operation_of(const std::string& sql);

// Whether it is known what it left when it failed: then it may be tried again.
bool is_knowable(const Operation& operation);

}  // namespace pcx::migrate
