#include "apikey/row_facts.h"

#include <fmt/format.h>

#include "apikey/sql.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::apikey {

namespace {

Time time_in(const db::Row& row, const char* column) {
  if (const auto time = parse_rfc3339(row[column].as<std::string_view>())) return *time;
  throw Error{ErrorCode::data,
              fmt::format("api_keys, row {}: {} is a time that pcx does not know",
                          escape_controls(row["id"].as<std::string_view>()), column),
              "Correct it in psql, with UPDATE of that row."};
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
