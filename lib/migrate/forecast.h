// What a script will do to others: the locks that each statement takes on tables that are in use,
// and whether it rewrites or reads them whole. Rules from PostgreSQL 15's sources (AlterTable-
// GetLockLevel, ATRewriteTables and the callers of LockRelationOid), proven statement by statement
// against tests/data/postgres15-locks.txt and a live server.
//
// Relations that the scripts make themselves are left out: nobody waits for them.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/document.h"
#include "migrate/catalog.h"
#include "migrate/lock_mode.h"

namespace pcx::migrate {

// A relation that is locked until the transaction ends.
struct Touch {
  std::int64_t oid = 0;
  std::string schema;
  std::string name;
  char kind = 'r';  // pg_class.relkind
  LockMode mode = LockMode::none;
  bool rewrites = false;  // its rows (an index: its entries) are written anew
  bool scans = false;     // its rows are read, all of them
  std::int64_t bytes = 0;
  std::int64_t rows = -1;  // the planner's estimate; -1: never analysed
};

struct Forecast {
  std::vector<Touch> touches;       // strongest lock first, then by name
  std::vector<std::string> unseen;  // what no rule can tell: "the code of DO"
};

// Reads the statements of one or more scripts in the order in which they will run.
class Forecaster {
 public:
  explicit Forecaster(Catalog& catalog) : catalog_(catalog) {}

  // `statement` is a node of the parse tree ("stmt").
  Forecast read(const Document& statement);

 private:
  friend class Claims;
  Catalog& catalog_;
  std::set<std::pair<std::string, std::string>> made_;  // schema and name
  bool is_utc_ = true;                                  // pcx sets it for its sessions
};

// What a transaction holds at its end: each relation once, with its strongest lock and all effects.
Forecast sum(const std::vector<Forecast>& statements);

}  // namespace pcx::migrate
