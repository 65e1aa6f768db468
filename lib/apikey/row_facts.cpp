#include "apikey/row_facts.h"

#include "apikey/sql.h"
#include "core/time.h"

namespace pcx::apikey {

namespace {

std::optional<Time> time_in(const db::Row& row, const char* column) {
  const auto text = db::nullable<std::string>(row[column]);
  return text ? parse_rfc3339(*text) : std::nullopt;
}

}  // namespace

std::unordered_map<std::string, RowFacts> read_row_facts(db::Transaction& tx) {
  std::unordered_map<std::string, RowFacts> facts;
  const db::Result rows = tx.query(sql::list_row_facts);
  for (const db::Row row : rows) {
    facts.emplace(row["id"].as<std::string>(),
                  RowFacts{row["has_permissions"].as<bool>(), row["holds_placeholder"].as<bool>(),
                           time_in(row, "created_at"), time_in(row, "updated_at")});
  }
  return facts;
}

}  // namespace pcx::apikey
