// One statement that runs again and again with whole arrays of values, parsed and planned once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/query.h"
#include "db/text_array.h"

namespace pcx::db {

// Belongs to the session of its Database, which it must not outlive: after a lost connection make a
// new one. Each run is a transaction of its own.
class BulkStatement {
 public:
  // Prepares `query`, whose parameters are all text[] ("$1::pg_catalog.text[]") and are bound in
  // run(). REQUIRES: no transaction is open; query.params() is empty.
  // Throws Error{unsafe_connection} behind a transaction pooler, else as Database::query().
  BulkStatement(Database& database, const Query& query);
  BulkStatement(const BulkStatement&) = delete;
  BulkStatement& operator=(const BulkStatement&) = delete;
  ~BulkStatement();

  // The number of rows that the statement touched. Throws as Database::query().
  std::int64_t run(const std::vector<const TextArray*>& arrays);

 private:
  Session& session_;
  std::string name_;      // for errors
  std::string prepared_;  // on the server
};

}  // namespace pcx::db
