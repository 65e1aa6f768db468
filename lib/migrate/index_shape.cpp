#include "migrate/index_shape.h"

#include <algorithm>

#include "core/error.h"
#include "core/log.h"
#include "db/query.h"
#include "db/script.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

template <typename Session>  // a Database, or a Transaction
IndexShape shape_in(Session& session, const Operation& operation, std::int64_t index) {
  const db::Result rows = session.query(sql::shape_of_index, {index, operation.names_tablespace});
  if (rows.empty()) return {};
  return {rows[0]["shape"].as<std::string>(), rows[0]["name"].as<std::string>()};
}

IndexShape build_on_an_empty_table(db::Database& database, const Operation& operation,
                                   const std::string& schema, const std::string& table) {
  db::Transaction tx = database.begin();
  db::Query copy{"migrate.empty_copy"};
  copy.sql("CREATE TEMPORARY TABLE ").identifier(operation.table).sql(" (LIKE ");
  tx.query(copy.identifier(schema, table).sql(")"));
  db::run_script(tx, operation.on_temporary_table, "shape");
  const db::Result index = tx.query(sql::index_of_temporary_table, {operation.table});
  IndexShape shape = shape_in(tx, operation, index.one()["oid"].as<std::int64_t>());
  tx.rollback();
  return shape;
}

// Nothing about the statement: it may be asked again.
bool is_passing(const Error& error) {
  switch (error.code()) {
    case ErrorCode::unreachable:
    case ErrorCode::busy:
    case ErrorCode::interrupted:
    case ErrorCode::terminated: return true;
    default: return error.sqlstate() == "40P01" || error.sqlstate() == "55P03";
  }
}

}  // namespace

IndexShape shape_of(db::Database& database, const Operation& operation, std::int64_t index) {
  return shape_in(database, operation, index);
}

std::optional<IndexShape> wanted_shape(db::Database& database, const Operation& operation,
                                       std::int64_t relation) {
  const db::Result names = database.query(sql::name_of_relation, {relation});
  if (names.empty() || operation.on_temporary_table.empty()) return std::nullopt;
  try {
    return build_on_an_empty_table(database, operation, names[0]["schema"].as<std::string>(),
                                   names[0]["name"].as<std::string>());
  } catch (const Error& error) {
    if (is_passing(error)) throw;
    log::info("what index was wanted cannot be found out", {{"error", error.what()}});
    return std::nullopt;
  }
}

bool is_given_name(const std::string& name, const IndexShape& wanted) {
  return name.starts_with(wanted.name) &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(wanted.name.size()), name.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace pcx::migrate
