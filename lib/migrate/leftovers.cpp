#include "migrate/leftovers.h"

#include <algorithm>

#include <fmt/format.h>

#include "db/query.h"
#include "migrate/probe.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

using Kind = Operation::Kind;

struct Name {
  std::string schema;
  std::string name;
};

std::optional<Name> name_of(db::Database& database, std::int64_t oid) {
  const db::Result rows = database.query(sql::name_of_relation, {oid});
  if (rows.empty()) return std::nullopt;
  return Name{rows[0]["schema"].as<std::string>(), rows[0]["name"].as<std::string>()};
}

// Whoever builds or rebuilds an index holds this lock on its table until the index is ready.
// Waiting for it stops neither readers nor writers.
void wait_for_builders(db::Database& database, std::int64_t table) {
  const auto name = name_of(database, table);
  if (!name) return;
  db::Transaction tx = database.begin();
  db::Query lock{"migrate.wait_for_builders"};
  tx.query(lock.sql("LOCK TABLE ONLY ")
               .identifier(name->schema, name->name)
               .sql(" IN SHARE UPDATE EXCLUSIVE MODE"));
  tx.commit();
}

bool is_invalid(db::Database& database, std::int64_t index) {
  return database.query(sql::is_invalid_index, {index}).one()["found"].as<bool>();
}

void drop_invalid(db::Database& database, std::int64_t index, std::int64_t table,
                  const OnRepair& on_repair) {
  wait_for_builders(database, table);
  const auto name = name_of(database, index);
  if (!name || !is_invalid(database, index)) return;
  db::Query drop{"migrate.drop_invalid_index"};
  database.query(
      drop.sql("DROP INDEX CONCURRENTLY IF EXISTS ").identifier(name->schema, name->name));
  if (on_repair) {
    on_repair(fmt::format("dropped the INVALID index {}.{}, left by a build that was stopped",
                          name->schema, name->name));
  }
}

void drop_copies(db::Database& database, std::int64_t table, const OnRepair& on_repair) {
  const db::Result rows = database.query(sql::rebuild_leftovers);
  for (const auto& row : rows) {
    const auto of = row["table_oid"].as<std::int64_t>();
    if (table != 0 && of != table) continue;
    drop_invalid(database, row["oid"].as<std::int64_t>(), of, on_repair);
  }
}

bool rebuilds(const Operation& operation) {
  return operation.kind == Kind::reindex_index || operation.kind == Kind::reindex_table;
}

void finish_detaching(db::Database& database, const Facts& facts, const OnRepair& on_repair) {
  const auto parent = name_of(database, facts.relation);
  const auto partition = name_of(database, facts.object);
  if (!parent || !partition) return;
  db::Query finalize{"migrate.finish_detaching"};
  finalize.sql("ALTER TABLE ").identifier(parent->schema, parent->name);
  finalize.sql(" DETACH PARTITION ").identifier(partition->schema, partition->name);
  database.query(finalize.sql(" FINALIZE"));
  if (on_repair) {
    on_repair(fmt::format("finished detaching {}.{}", partition->schema, partition->name));
  }
}

}  // namespace

void clear_the_way(db::Database& database, const Operation& operation, const Facts& facts,
                   const OnRepair& on_repair) {
  const auto index = index_in_the_way(database, operation, facts);
  if (index && !index->valid) drop_invalid(database, index->oid, facts.relation, on_repair);
  if (rebuilds(operation) && facts.relation != 0) {
    drop_copies(database, facts.relation, on_repair);
  }
}

void clear_up(db::Database& database, const Operation& operation, const Facts& facts,
              const OnRepair& on_repair) {
  if (rebuilds(operation)) drop_copies(database, facts.relation, on_repair);
  if (operation.kind == Kind::create_index) {
    const auto fresh = new_indexes(database, operation, facts);
    if (fresh.size() == 1 && !fresh.front().valid) {
      drop_invalid(database, fresh.front().oid, facts.relation, on_repair);
    }
  }
  const bool detaches = operation.kind == Kind::detach_partition;
  if (detaches && effect_of(database, operation, facts) == Effect::half) {
    finish_detaching(database, facts, on_repair);
  }
}

}  // namespace pcx::migrate
