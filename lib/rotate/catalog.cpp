#include "rotate/catalog.h"

#include <algorithm>
#include <iterator>

#include "rotate/sql.h"

namespace pcx::rotate {

namespace {

using Texts = std::vector<std::string>;

HeapKind kind_of(std::string_view relkind) {
  if (relkind == "r") return HeapKind::table;
  if (relkind == "p") return HeapKind::partitioned;
  return relkind == "f" ? HeapKind::foreign : HeapKind::view;
}

std::string table_name(const std::string& schema, const std::string& table) {
  return schema == "public" ? table : schema + "." + table;
}

std::vector<KeyColumn> key_of(const db::Row& row) {
  const auto names = row["key_names"].as<Texts>();
  const auto schemas = row["key_type_schemas"].as<Texts>();
  const auto types = row["key_types"].as<Texts>();
  std::vector<KeyColumn> key;
  for (std::size_t i = 0; i < names.size(); ++i) key.push_back({names[i], schemas[i], types[i]});
  return key;
}

Texts checks_of(const db::Row& row, const std::string& column) {
  const auto columns = row["check_columns"].as<Texts>();
  const auto names = row["check_names"].as<Texts>();
  Texts checks;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (columns[i] == column) checks.push_back(names[i]);
  }
  return checks;
}

TrailRole trail_of(const db::Row& row) {
  if (row["is_guarded"].as<bool>()) return TrailRole::part;
  return row["is_captured"].as<bool>() ? TrailRole::captured : TrailRole::none;
}

bool is_hidden(const db::Row& row, const std::string& column) {
  const auto hidden = row["hidden_columns"].as<Texts>();
  return std::find(hidden.begin(), hidden.end(), column) != hidden.end();
}

ColumnFacts facts_of(const db::Row& row, const std::string& column) {
  const auto names = row["column_names"].as<Texts>();
  const auto found = std::find(names.begin(), names.end(), column);
  if (found == names.end()) return {};
  const auto at = static_cast<std::size_t>(found - names.begin());
  const std::string flags = row["column_flags"].as<Texts>()[at];
  const auto has = [&](char flag) { return flags.find(flag) != std::string::npos; };
  return {.exists = true,
          .type = row["column_types"].as<Texts>()[at],
          .length_max = std::stoi(row["column_lengths"].as<Texts>()[at]),
          .is_generated = has('g'),
          .is_indexed = has('i'),
          .is_unique = has('q'),
          .checks = checks_of(row, column),
          .may_update = has('u'),
          .is_trailed = trail_of(row) == TrailRole::captured && !is_hidden(row, column)};
}

Heap to_heap(const db::Row& row, const std::vector<fields::Field>& fields) {
  const auto root_schema = row["root_schema"].as<std::string>();
  const auto root_table = row["root_table"].as<std::string>();
  Heap heap{.root = table_name(root_schema, root_table),
            .kind = kind_of(row["kind"].as<std::string_view>()),
            .target = {.relation = static_cast<std::uint32_t>(row["relation"].as<std::int64_t>()),
                       .schema = row["schema_name"].as<std::string>(),
                       .table = row["table_name"].as<std::string>(),
                       .key = key_of(row),
                       .cells = {},
                       .trail = trail_of(row)},
            .blocks = row["blocks"].as<std::int64_t>(),
            .rows_estimated = row["rows_estimated"].as<std::int64_t>(),
            .row_security = row["row_security"].as<bool>(),
            .may_read = row["may_read"].as<bool>(),
            .may_lock = row["may_lock"].as<bool>(),
            .triggers = row["triggers"].as<Texts>(),
            .unskipped_triggers = row["unskipped_triggers"].as<Texts>(),
            .may_reseal = row["may_reseal"].as<bool>(),
            .trail_owner = db::nullable<std::string>(row["trail_owner"]).value_or(""),
            .trail_may_write = row["trail_may_write"].as<bool>()};
  for (const fields::Field& field : fields) {
    if (field.schema != root_schema || field.table != root_table) continue;
    heap.columns.push_back(facts_of(row, field.column));
    heap.target.cells.push_back({field, heap.columns.back().is_json()});
  }
  return heap;
}

}  // namespace

std::string Heap::name() const { return table_name(target.schema, target.table); }

void Heaps::excuse_missing() {
  std::move(missing.begin(), missing.end(), std::back_inserter(absent));
  missing.clear();
}

std::int64_t heap_blocks(db::Database& database, const Target& target) {
  return database.query(sql::heap_blocks, {std::int64_t{target.relation}})
      .one()["blocks"]
      .as<std::int64_t>();
}

Heaps read_heaps(db::Database& database, const std::vector<fields::Field>& fields) {
  Texts schemas;
  Texts tables;
  for (const fields::Field& field : fields) {
    schemas.push_back(field.schema);
    tables.push_back(field.table);
  }
  Heaps found;
  for (const db::Row row : database.query(sql::find_heaps, {schemas, tables})) {
    found.heaps.push_back(to_heap(row, fields));
  }
  for (const fields::Field& field : fields) {
    const bool is_there = std::any_of(
        found.heaps.begin(), found.heaps.end(),
        [&](const Heap& heap) { return heap.root == table_name(field.schema, field.table); });
    if (!is_there) found.missing.push_back(field);
  }
  return found;
}

}  // namespace pcx::rotate
