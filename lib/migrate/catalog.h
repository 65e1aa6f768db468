// What the server knows about the relations that a script names. Read without a lock on any of
// them, so that looking never waits behind what it looks for: sizes and rows are the planner's
// estimates.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"
#include "db/database.h"

namespace pcx::migrate {

struct Column {
  std::string name;
  std::string type;   // canonical, without its modifier: "character varying"
  int modifier = -1;  // pg_attribute.atttypmod
  bool not_null = false;
};

struct Index {
  std::int64_t oid = 0;
  std::string name;
  std::vector<std::string> columns;  // of expressions and predicates, too
};

struct Constraint {
  std::string name;
  char type = 'c';  // pg_constraint.contype: c, f, p, u, x
  bool validated = true;
  std::int64_t parent = 0;  // type f: the table that is referenced
  std::string not_null;     // type c, nothing but "column IS NOT NULL": the column
};

struct Relation {
  std::int64_t oid = 0;
  std::string schema;
  std::string name;
  char kind = 'r';         // pg_class.relkind
  std::int64_t bytes = 0;  // with indexes and TOAST
  std::int64_t rows = 0;   // -1: never analysed
  std::int64_t table = 0;  // kind i: its table
  bool is_partition = false;
  std::vector<Column> columns;
  std::vector<Index> indexes;
  std::vector<Constraint> constraints;
  std::vector<std::int64_t> referencing;  // tables with a foreign key to this one
  std::vector<std::int64_t> descendants;  // partitions and children, of all levels

  const Column* column(std::string_view name) const;
  const Constraint* constraint(std::string_view name) const;
};

// Remembers what it was asked. Relations stay where they are as long as the Catalog lives.
class Catalog {
 public:
  // Names without a schema are looked for in `schema`, then in pg_catalog.
  Catalog(db::Database& database, std::string schema);

  const Relation* find(const std::string& schema, const std::string& name);
  const Relation* by_oid(std::int64_t oid);
  const std::string& default_schema() const { return schema_; }

  // Whether a function of one of these names is volatile. A name that nobody knows counts as one.
  bool any_volatile(const std::vector<std::string>& functions);
  struct Type {
    std::string name;  // canonical: "character varying" for "varchar"
    bool is_domain = false;
  };
  std::optional<Type> type(const std::string& written);  // std::nullopt: no such type
  // A cast that changes no byte (pg_cast.castmethod b), or none needed.
  bool is_binary_coercible(const std::string& from, const std::string& to);

 private:
  db::Database& database_;
  std::string schema_;
  std::map<std::pair<std::string, std::string>, std::int64_t> oids_;  // 0: there is none
  std::map<std::int64_t, Relation> relations_;
};

}  // namespace pcx::migrate
