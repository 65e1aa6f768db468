#include "migrate/loss.h"

#include <fmt/format.h>

#include "core/text.h"
#include "db/query.h"
#include "migrate/sql.h"
#include "migrate/statement.h"

namespace pcx::migrate {

namespace {

// Whether the table, and the column when one is named, is there to be counted.
bool exists(db::Database& database, const DataLoss& loss, const std::string& schema) {
  const auto found = database.query(sql::relation_exists, {schema, loss.table, loss.column});
  return found.one()["found"].as<bool>();
}

std::int64_t count_rows(db::Database& database, const DataLoss& loss, const std::string& schema) {
  db::Query query{"migrate.count_loss"};
  query.sql("SELECT count(");
  if (loss.column.empty()) {
    query.sql("*");
  } else {
    query.identifier(loss.column);
  }
  query.sql(") AS lost FROM ").identifier(schema, loss.table);
  return database.query(query).one()["lost"].as<std::int64_t>();
}

std::string object_of(const DataLoss& loss) {
  const std::string table = loss.schema.empty() ? loss.table : loss.schema + "." + loss.table;
  switch (loss.kind) {
    case DataLoss::Kind::table: return "table " + table;
    case DataLoss::Kind::column: return fmt::format("column {}.{}", table, loss.column);
    case DataLoss::Kind::schema: return "schema " + loss.table;
    case DataLoss::Kind::truncate: return "contents of table " + table;
    case DataLoss::Kind::delete_rows: return "rows deleted from table " + table;
  }
  return table;
}

bool is_countable(DataLoss::Kind kind) {
  return kind == DataLoss::Kind::table || kind == DataLoss::Kind::column ||
         kind == DataLoss::Kind::truncate;
}

}  // namespace

std::vector<Loss> count_losses(db::Database& database, const DownPlan& plan) {
  std::vector<Loss> losses;
  for (const auto& step : plan.steps) {
    for (const auto& statement : analyse(step.migration->down->text).statements) {
      for (const auto& loss : statement.losses) {
        const std::string schema = loss.schema.empty() ? database.schema() : loss.schema;
        Loss counted{step.migration->name, object_of(loss), std::nullopt};
        if (is_countable(loss.kind)) {
          if (!exists(database, loss, schema)) continue;
          counted.count = count_rows(database, loss, schema);
        }
        losses.push_back(std::move(counted));
      }
    }
  }
  return losses;
}

std::string to_string(const Loss& loss) {
  if (!loss.count) return loss.object;
  const bool column = loss.object.starts_with("column ");
  return fmt::format("{}: {}", loss.object, counted(*loss.count, column ? "value" : "row"));
}

}  // namespace pcx::migrate
