#include "migrate/ledger.h"

#include <utility>

#include "core/error.h"
#include "core/time.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

constexpr char kTable[] = "_prisma_migrations";

std::optional<Time> to_time(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const auto instant = parse_rfc3339(*text);
  if (!instant) throw Error{ErrorCode::internal, "the server sent a time pcx cannot read"};
  return instant;
}

LedgerRow to_row(const db::Row& row) {
  LedgerRow read;
  read.id = row["id"].as<std::string>();
  read.checksum = row["checksum"].as<std::string>();
  read.name = row["migration_name"].as<std::string>();
  read.started_at = *to_time(row["started_at"].as<std::string>());
  read.finished_at = to_time(db::nullable<std::string>(row["finished_at"]));
  read.rolled_back_at = to_time(db::nullable<std::string>(row["rolled_back_at"]));
  read.logs = db::nullable<std::string>(row["logs"]);
  read.applied_steps_count = row["applied_steps_count"].as<int>();
  return read;
}

std::optional<std::string> to_param(const std::optional<Time>& instant) {
  if (!instant) return std::nullopt;
  return to_rfc3339_us(*instant);
}

// INSERT INTO ... (columns): the start of both insertions.
db::Query begin_insert(std::string_view name, const std::string& schema) {
  db::Query query{name};
  query.sql("INSERT INTO ").identifier(schema, kTable);
  query.sql(
      " (id, checksum, migration_name, logs, started_at, finished_at, rolled_back_at,"
      " applied_steps_count) SELECT ");
  return query;
}

void add_values(db::Query& query, const LedgerRow& row) {
  query.param(row.checksum).sql("::text, ");
  query.param(row.name).sql("::text, ").param(row.logs).sql("::text, ");
  query.param(to_rfc3339_us(row.started_at)).sql("::timestamptz, ");
  query.param(to_param(row.finished_at)).sql("::timestamptz, ");
  query.param(to_param(row.rolled_back_at)).sql("::timestamptz, ");
  query.param(row.applied_steps_count).sql("::int");
}

}  // namespace

Ledger read_ledger(db::Database& database, const std::string& schema) {
  Ledger ledger;
  ledger.exists = database.query(sql::ledger_exists, {schema}).one()["found"].as<bool>();
  if (!ledger.exists) return ledger;
  db::Query query{"migrate.read_ledger"};
  query.sql(R"(
SELECT id, checksum, migration_name, logs, applied_steps_count,
       to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS started_at,
       to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS finished_at,
       to_char(rolled_back_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
         AS rolled_back_at
  FROM )");
  query.identifier(schema, kTable).sql(" ORDER BY started_at, id");
  const db::Result rows = database.query(query);
  ledger.rows.reserve(rows.size());
  for (const auto& row : rows) ledger.rows.push_back(to_row(row));
  return ledger;
}

std::vector<std::string> foreign_tables(db::Database& database, const std::string& schema,
                                        int names_max) {
  std::vector<std::string> names;
  for (const auto& row : database.query(sql::foreign_tables, {schema, names_max})) {
    names.push_back(row["name"].as<std::string>());
  }
  return names;
}

void create_ledger(db::Transaction& tx, const std::string& schema) {
  if (!tx.query(sql::schema_exists, {schema}).one()["found"].as<bool>()) {
    db::Query make_schema{"migrate.create_ledger_schema"};
    make_schema.sql("CREATE SCHEMA IF NOT EXISTS ").identifier(schema);
    tx.query(make_schema);
  }
  db::Query make_table{"migrate.create_ledger"};
  make_table.sql("CREATE TABLE IF NOT EXISTS ").identifier(schema, kTable).sql(R"( (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
))");
  tx.query(make_table);
}

db::Query insert_applied(const std::string& schema, const LedgerRow& row,
                         const std::string& transaction_id) {
  db::Query query = begin_insert("migrate.insert_applied", schema);
  query.sql("CASE pg_catalog.pg_current_xact_id_if_assigned()::text WHEN ").param(transaction_id);
  query.sql(" THEN ").param(row.id).sql("::text END, ");
  add_values(query, row);
  return query.prepared();
}

void insert_row(db::Transaction& tx, const std::string& schema, const LedgerRow& row) {
  db::Query query = begin_insert("migrate.insert_row", schema);
  query.param(row.id).sql("::text, ");
  add_values(query, row);
  tx.query(query);
}

bool is_open(db::Database& database, const std::string& schema, const std::string& id) {
  db::Query query{"migrate.is_open"};
  query.sql("SELECT EXISTS (SELECT FROM ").identifier(schema, kTable).sql(" WHERE id = ").param(id);
  query.sql(" AND finished_at IS NULL AND rolled_back_at IS NULL) AS found");
  return database.query(query).one()["found"].as<bool>();
}

bool finish_row(db::Transaction& tx, const std::string& schema, const LedgerRow& row) {
  db::Query query{"migrate.finish_row"};
  query.sql("UPDATE ").identifier(schema, kTable);
  query.sql(" SET finished_at = ").param(to_param(row.finished_at));
  query.sql("::timestamptz, applied_steps_count = 1, logs = NULL, checksum = ");
  query.param(row.checksum).sql(" WHERE id = ").param(row.id);
  query.sql(" AND finished_at IS NULL AND rolled_back_at IS NULL");
  return tx.query(query).affected_rows() == 1;
}

bool fail_row(db::Transaction& tx, const std::string& schema, const std::string& row_id,
              const std::string& logs) {
  db::Query query{"migrate.fail_row"};
  query.sql("UPDATE ").identifier(schema, kTable).sql(" SET logs = ").param(logs);
  query.sql(" WHERE id = ").param(row_id);
  query.sql(" AND finished_at IS NULL AND rolled_back_at IS NULL");
  return tx.query(query).affected_rows() == 1;
}

bool has_row(db::Transaction& tx, const std::string& schema, const std::string& row_id,
             bool is_rolled_back) {
  db::Query query{"migrate.has_row"};
  query.sql("SELECT FROM ").identifier(schema, kTable).sql(" WHERE id = ").param(row_id);
  query.sql(" AND (rolled_back_at IS NOT NULL) = ").param(is_rolled_back).sql("::bool");
  return !tx.query(query).empty();
}

bool mark_rolled_back(db::Transaction& tx, const std::string& schema, const std::string& row_id,
                      Time at) {
  db::Query query{"migrate.mark_rolled_back"};
  query.sql("UPDATE ").identifier(schema, kTable);
  query.sql(" SET rolled_back_at = ").param(to_rfc3339_us(at));
  query.sql("::timestamptz WHERE rolled_back_at IS NULL AND id = ").param(row_id);
  return tx.query(query).affected_rows() == 1;
}

}  // namespace pcx::migrate
