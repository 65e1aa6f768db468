#include "sandbox/bulk_load.h"

#include "core/text.h"
#include "db/copy.h"
#include "db/script.h"
#include "sandbox/sql.h"

namespace pcx::sandbox {

namespace {

std::vector<std::string> column_names(const SampleTable& table) {
  std::vector<std::string> names;
  for (const std::string& name : split(table.columns, ',')) names.emplace_back(trim(name));
  return names;
}

}  // namespace

void CopySink::write(const SampleTable& table, std::string_view rows) {
  db::CopyIn copy{tx_, schema_, table.name, column_names(table)};
  copy.raw(rows);
  copy.finish();
}

DroppedDefinitions::DroppedDefinitions(db::Transaction& tx, std::string_view schema,
                                       const std::vector<std::string>& tables,
                                       const std::vector<std::string>& bare_tables) {
  for (const db::Row row : tx.query(sql::seed_definitions, {schema, tables, bare_tables})) {
    db::run_script(tx, row["drop_sql"].as<std::string_view>(), "definition to drop");
    creates_.push_back(row["create_sql"].as<std::string>());
  }
}

void DroppedDefinitions::restore(
    db::Transaction& tx,
    const std::function<void(std::int64_t done, std::int64_t total)>& on_progress) const {
  const auto total = static_cast<std::int64_t>(creates_.size());
  std::int64_t done = 0;
  for (auto create = creates_.rbegin(); create != creates_.rend(); ++create) {
    db::run_script(tx, *create, "definition to make again");
    if (on_progress) on_progress(++done, total);
  }
}

}  // namespace pcx::sandbox
