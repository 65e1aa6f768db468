#include "migrate/index_shape.h"

#include "core/error.h"
#include "core/log.h"
#include "db/query.h"
#include "db/script.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

template <typename Session>  // a Database, or a Transaction
std::string shape_in(Session& session, std::int64_t index) {
  const db::Result rows = session.query(sql::shape_of_index, {index});
  return rows.empty() ? "" : rows[0]["shape"].as<std::string>();
}

std::string build_on_an_empty_table(db::Database& database, const Operation& operation,
                                    const std::string& schema, const std::string& table) {
  db::Transaction tx = database.begin();
  db::Query copy{"migrate.empty_copy"};
  copy.sql("CREATE TEMPORARY TABLE ").identifier(kShapeTable).sql(" (LIKE ");
  tx.query(copy.identifier(schema, table).sql(")"));
  db::run_script(tx, operation.on_shape_table, "shape");
  const db::Result index = tx.query(sql::index_of_temporary_table, {std::string{kShapeTable}});
  std::string shape = shape_in(tx, index.one()["oid"].as<std::int64_t>());
  tx.rollback();
  return shape;
}

}  // namespace

std::string shape_of(db::Database& database, std::int64_t index) {
  return shape_in(database, index);
}

std::optional<std::string> wanted_shape(db::Database& database, const Operation& operation,
                                        std::int64_t relation) {
  const db::Result names = database.query(sql::name_of_relation, {relation});
  if (names.empty() || operation.on_shape_table.empty()) return std::nullopt;
  try {
    return build_on_an_empty_table(database, operation, names[0]["schema"].as<std::string>(),
                                   names[0]["name"].as<std::string>());
  } catch (const Error& error) {
    if (error.code() == ErrorCode::unreachable) throw;
    log::info("what index was wanted cannot be found out", {{"error", error.what()}});
    return std::nullopt;
  }
}

}  // namespace pcx::migrate
