#include "inspect/quarantine_counts.h"

#include "fields/field.h"
#include "inspect/sql.h"

namespace pcx::inspect {

namespace {

QuarantineCount to_count(const db::Row& row) {
  const fields::Field place{.schema = row["schema_name"].as<std::string>(),
                            .table = row["table_name"].as<std::string>(),
                            .column = row["column_name"].as<std::string>(),
                            .member = row["member"].as<std::string>(),
                            .name = {},
                            .copy = {}};
  const fields::Field table{
      .schema = place.schema, .table = place.table, .column = "", .name = {}, .copy = {}};
  std::string name = fields::to_string(table);
  name.pop_back();  // the dot
  return {name, fields::to_string(place), row["kind"].as<std::string>(),
          row["n"].as<std::int64_t>()};
}

bool has_quarantine(db::Database& database) {
  return database.query(sql::quarantine_exists).one()["found"].as<bool>();
}

}  // namespace

std::vector<QuarantineCount> count_quarantine(db::Database& database) {
  std::vector<QuarantineCount> counts;
  if (!has_quarantine(database)) return counts;
  for (const db::Row row : database.query(sql::count_quarantined)) counts.push_back(to_count(row));
  return counts;
}

std::vector<QuarantineCount> count_quarantine_for(db::Database& database, std::int32_t key,
                                                  bool names_none) {
  std::vector<QuarantineCount> counts;
  if (!has_quarantine(database)) return counts;
  for (const db::Row row : database.query(sql::quarantined_for_key, {key, names_none})) {
    counts.push_back(to_count(row));
  }
  return counts;
}

}  // namespace pcx::inspect
