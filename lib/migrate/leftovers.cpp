#include "migrate/leftovers.h"

#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "db/lock_limit.h"
#include "db/query.h"
#include "migrate/probe.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

using Kind = Operation::Kind;

// Not long: it keeps nobody from reading or writing, but others who build.
constexpr std::chrono::milliseconds kLockTimeout{2'000};

constexpr std::string_view kToast = "pg_toast";

struct Name {
  std::string schema;
  std::string name;
  std::string kind;
};

template <typename Session>  // a Database, or a Transaction
std::optional<Name> name_of(Session& session, std::int64_t oid) {
  const db::Result rows = session.query(sql::name_of_relation, {oid});
  if (rows.empty()) return std::nullopt;
  return Name{rows[0]["schema"].as<std::string>(), rows[0]["name"].as<std::string>(),
              rows[0]["kind"].as<std::string>()};
}

// Whoever builds, rebuilds or drops an index holds this lock on its table until the index is ready.
// No statement takes it on a materialized view, and a table's owner may lack the right to lock it:
// there it is asked for instead.
void keep_builders_away(db::Transaction& tx, std::int64_t table) {
  const auto name = name_of(tx, table);
  if (!name) return;
  const bool may_lock = tx.query(sql::rights_on_table, {table}).one()["may_lock"].as<bool>();
  if (name->kind == "m" || !may_lock) {
    if (!tx.query(sql::is_being_changed, {table}).one()["found"].as<bool>()) return;
    throw Error{ErrorCode::busy,
                fmt::format("another session works on {}.{}", name->schema, name->name)}
        .with_sqlstate("55P03");
  }
  tx.query(db::limit_lock_wait(kLockTimeout));
  db::Query lock{"migrate.keep_builders_away"};
  lock.sql("LOCK TABLE ONLY ").identifier(name->schema, name->name);
  tx.query(lock.sql(" IN SHARE UPDATE EXCLUSIVE MODE"));
}

std::string set_aside_name(std::int64_t index) { return fmt::format("pcx_drop_{}", index); }

// What it is called now, and what it was called; nothing when it is gone or valid.
struct SetAside {
  Name was;
  std::string name;
};

std::optional<SetAside> set_aside(db::Database& database, std::int64_t index, std::int64_t table) {
  db::Transaction tx = database.begin();
  keep_builders_away(tx, table);
  const auto was = name_of(tx, index);
  if (!was || !tx.query(sql::is_invalid_index, {index}).one()["found"].as<bool>()) return {};
  // No index of a TOAST table can be renamed; and nobody but the server gives them their names. Who
  // may drop an index may lack the right to give it a name.
  const bool may_rename = tx.query(sql::rights_on_table, {table}).one()["may_rename"].as<bool>();
  if (was->schema == kToast || !may_rename) return SetAside{*was, was->name};
  const std::string name = set_aside_name(index);
  if (was->name != name) {
    db::Query rename{"migrate.set_aside"};
    rename.sql("ALTER INDEX ").identifier(was->schema, was->name);
    tx.query(rename.sql(" RENAME TO ").identifier(name));
    // It was found by its name: another one may have had it by then.
    const auto now = name_of(tx, index);
    if (!now || now->name != name) return {};
    tx.commit();
  }
  return SetAside{*was, name};
}

void drop_invalid(db::Database& database, std::int64_t index, std::int64_t table,
                  const RepairTools& tools) {
  const auto aside = set_aside(database, index, table);
  if (!aside) return;
  const auto say = [&](const std::string& sentence) {
    if (tools.on_repair) tools.on_repair(sentence);
  };
  const std::string was =
      fmt::format("the INVALID index {}.{}", aside->was.schema, aside->was.name);
  db::Query drop{"migrate.drop_invalid_index"};
  drop.sql("DROP INDEX CONCURRENTLY IF EXISTS ").identifier(aside->was.schema, aside->name);
  try {
    db::run_script(database, drop.text(), "", tools.ticker);
  } catch (const Error& error) {
    const bool is_denied = aside->was.schema == kToast && error.code() == ErrorCode::permission;
    say(is_denied ? fmt::format("{} stays; only a superuser may drop it: {}", was, drop.text())
                  : fmt::format("{} is to be dropped and is called {} now; the next run does that, "
                                "or: {}",
                                was, aside->name, drop.text()));
    if (is_denied) return;  // it is in nobody's way
    throw;
  }
  say(fmt::format("dropped {}, left by a build that was stopped", was));
}

void drop_each(db::Database& database, const db::Result& indexes, const RepairTools& tools) {
  for (const auto& row : indexes) {
    drop_invalid(database, row["oid"].as<std::int64_t>(), row["table_oid"].as<std::int64_t>(),
                 tools);
  }
}

// What an earlier run set aside and did not drop any more.
void drop_set_aside(db::Database& database, std::int64_t table, const RepairTools& tools) {
  drop_each(database, database.query(sql::set_aside_indexes, {table}), tools);
}

void drop_copies(db::Database& database, std::int64_t table, const RepairTools& tools) {
  drop_each(database, database.query(sql::rebuild_leftovers, {table}), tools);
}

bool rebuilds(const Operation& operation) {
  return operation.kind == Kind::reindex_index || operation.kind == Kind::reindex_table;
}

void finish_detaching(db::Database& database, const Facts& facts, const RepairTools& tools) {
  const auto parent = name_of(database, facts.relation);
  const auto partition = name_of(database, facts.object);
  if (!parent || !partition) return;
  db::Query finalize{"migrate.finish_detaching"};
  finalize.sql("ALTER TABLE ").identifier(parent->schema, parent->name);
  finalize.sql(" DETACH PARTITION ").identifier(partition->schema, partition->name);
  db::run_script(database, finalize.sql(" FINALIZE").text(), "", tools.ticker);
  if (tools.on_repair) {
    tools.on_repair(fmt::format("finished detaching {}.{}", partition->schema, partition->name));
  }
}

}  // namespace

void clear_the_way(db::Database& database, const Operation& operation, const Facts& facts,
                   const RepairTools& tools) {
  if (facts.relation == 0) return;
  const bool builds = operation.kind == Kind::create_index || rebuilds(operation);
  if (builds) drop_set_aside(database, facts.relation, tools);
  const auto index = index_in_the_way(database, operation, facts);
  if (index && !index->valid) drop_invalid(database, index->oid, facts.relation, tools);
  if (rebuilds(operation)) drop_copies(database, facts.relation, tools);
}

void clear_up(db::Database& database, const Operation& operation, const Facts& facts,
              const RepairTools& tools) {
  if (facts.relation == 0) return;
  const bool creates = operation.kind == Kind::create_index;
  if (creates || rebuilds(operation)) drop_set_aside(database, facts.relation, tools);
  if (rebuilds(operation)) drop_copies(database, facts.relation, tools);
  if (creates) {
    const NewIndexes fresh = new_indexes(database, operation, facts);
    const bool is_half =
        fresh.is_certain && fresh.indexes.size() == 1 && !fresh.indexes.front().valid;
    if (is_half) drop_invalid(database, fresh.indexes.front().oid, facts.relation, tools);
  }
  const bool detaches = operation.kind == Kind::detach_partition;
  if (detaches && effect_of(database, operation, facts) == Effect::half) {
    finish_detaching(database, facts, tools);
  }
}

}  // namespace pcx::migrate
