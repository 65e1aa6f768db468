// What is in a script, as PostgreSQL's own grammar reads it.
//
// The grammar is PostgreSQL 15's. What it cannot read is "not analysed", never "clean": the server
// is the judge, and the caller says so.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::migrate {

// Why a statement cannot run inside the transaction of its migration.
enum class Refusal {
  none,
  not_in_transaction,   // CREATE INDEX CONCURRENTLY, VACUUM, CREATE DATABASE, ...
  transaction_control,  // BEGIN, START, COMMIT, END, ROLLBACK, ABORT, PREPARE TRANSACTION
  copy_from_stdin,      // its data is not SQL
};

// Something that is dropped with the data in it.
struct DataLoss {
  enum class Kind { table, column, schema, truncate, delete_rows };
  Kind kind = Kind::table;
  std::string schema;  // empty: by search_path
  std::string table;   // or the schema's name
  std::string column;  // kind column only
};

// How long what a statement does to the session lasts: SET and RESET, set_config, DEALLOCATE, and
// code that may do any of it.
enum class SettingScope { none, transaction, session };

struct Statement {
  std::size_t offset = 0;  // of its first byte that is neither white space nor comment
  std::size_t length = 0;  // bytes, without the semicolon
  std::string kind;        // "CREATE INDEX CONCURRENTLY", "COMMIT", "ALTER TABLE"
  Refusal refusal = Refusal::none;
  // Whether PostgreSQL refuses it inside a transaction depends on what it names: a partitioned
  // table, a subscription with a slot.
  bool may_be_refused = false;
  SettingScope settings = SettingScope::none;
  bool is_setting = false;        // it does nothing else, and may be run again (setting.h)
  bool sets_transaction = false;  // how it is isolated, and the like (setting.h)
  bool runs_code = false;         // functions, which may do to the session what they like
  std::vector<DataLoss> losses;
  // Not empty: it may destroy data that `losses` does not name, in words: "DO", "UPDATE",
  // "DROP TYPE ... CASCADE".
  std::string unseen_loss;
  // A name that means something else from here on (RENAME, SET SCHEMA); empty: none.
  std::string new_name;
  // From here on a table may have rows of others: ATTACH and DETACH PARTITION, INHERIT.
  bool moves_partitions = false;
  bool sets_search_path = false;  // from here on names without a schema may mean something else
};

struct Analysis {
  bool analysed = false;
  std::vector<Statement> statements;  // empty when not analysed
  // When not analysed: the parser's own words, and the byte where it stopped.
  std::string parse_error;
  std::size_t error_offset = 0;
  // A psql command ("\copy") or COPY data stopped it: certain, whatever the server's version.
  enum class Foreign { none, psql_command, copy_data };
  Foreign foreign = Foreign::none;
};

// REQUIRES: `sql` is valid UTF-8 without NUL; read_folder refuses other files.
Analysis analyse(std::string_view sql);

}  // namespace pcx::migrate
