// Questions to the catalog about a statement that stands alone: what was there before it, and
// whether it took effect. They change nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "migrate/operation.h"
#include "migrate/step_journal.h"

namespace pcx::migrate {

enum class Effect {
  none,     // as if it had not run
  took,     // it is done
  half,     // begun and not done: leftovers.h clears that up, or brings it to its end
  unknown,  // the catalog does not tell
};

// Before it runs. Names are found as the session's search_path finds them.
Facts facts_of(db::Database& database, const Operation& operation);

// After it was stopped at any point. REQUIRES: the session that ran it has ended, or is this one.
Effect effect_of(db::Database& database, const Operation& operation, const Facts& facts);

struct IndexState {
  std::int64_t oid = 0;
  std::string schema;
  std::string name;
  bool valid = false;
};

// Of a table, the oldest first.
std::vector<IndexState> indexes_of(db::Database& database, std::int64_t table);

// The indexes that are there since `facts` and may be what a CREATE INDEX CONCURRENTLY made: of its
// name, or any when it named none; of its shape (index_shape.h), except that an invalid one of its
// name counts whatever its shape: it is in the way.
struct NewIndexes {
  std::vector<IndexState> indexes;
  bool is_certain = true;  // false: there are some, and it cannot be told whether they are it
};
NewIndexes new_indexes(db::Database& database, const Operation& operation, const Facts& facts);

// Whether any of them is valid, whatever its shape: else a CREATE INDEX CONCURRENTLY took no
// effect.
bool may_be_built(db::Database& database, const Operation& operation, const Facts& facts);

// An index of the name that the statement wants, on the table that it wants.
std::optional<IndexState> index_in_the_way(db::Database& database, const Operation& operation,
                                           const Facts& facts);

}  // namespace pcx::migrate
