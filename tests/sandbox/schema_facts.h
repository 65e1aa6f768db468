// What a database's schema `public` consists of, as sorted lines of text: read from pg_catalog, and
// from the facts about the application's database (tests/data/purple-cross-schema.json).
#pragma once

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "db/database.h"
#include "db/script.h"
#include "sandbox/embedded_migrations.h"
#include "tests/support/data.h"

namespace pcx::testing {

using Lines = std::vector<std::string>;

inline constexpr db::Statement kSchemaLines{"test.schema_lines", R"sql(
SELECT format('column %s %s %s %s %s%s', c.relname,
              row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname,
              format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN 'NOT NULL' ELSE 'NULL' END,
              ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)) AS line
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
UNION ALL
SELECT format('index %s %s %s %s (%s)', t.relname, i.relname,
              CASE WHEN x.indisunique THEN 'unique' ELSE 'plain' END, am.amname,
              (SELECT string_agg(pg_get_indexdef(i.oid, k, true), ', ' ORDER BY k)
                 FROM generate_series(1, x.indnatts) AS k))
       || CASE WHEN x.indpred IS NULL AND x.indisvalid THEN '' ELSE ' odd' END
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
  JOIN pg_am am ON am.oid = i.relam
 WHERE t.relnamespace = 'public'::regnamespace AND NOT x.indisprimary
UNION ALL
SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
       || CASE WHEN convalidated THEN '' ELSE ' not valid' END
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT format('enum %s %s', t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder))
  FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid GROUP BY t.typname
UNION ALL
SELECT format('relation %s %s', c.relkind, c.relname) FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind NOT IN ('r', 'i')
UNION ALL
SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
)sql"};

// The search path of migrations, for the rest of the session.
inline void use_public(db::Database& database) {
  database.query({"test.use_public", "SELECT set_config('search_path', 'public', false)"});
}

inline Lines schema_lines(db::Database& database) {
  use_public(database);
  Lines lines;
  for (const db::Row row : database.query(kSchemaLines)) lines.push_back(row[0].as<std::string>());
  std::sort(lines.begin(), lines.end());
  return lines;
}

inline void run(db::Database& database, std::string_view sql, std::string_view name) {
  use_public(database);
  db::Transaction tx = database.begin();
  db::run_script(tx, sql, std::string{name});
  tx.commit();
}

inline void apply_migrations(db::Database& database) {
  for (const auto& migration : sandbox::embedded_migrations()) {
    run(database, migration.migration_sql, migration.name);
  }
}

inline std::string text_at(const Document& value, std::string_view key) {
  const std::string* text = value.find(key) ? value.find(key)->text() : nullptr;
  return text ? *text : "";
}

inline std::string column_list(const Document& columns) {
  std::vector<std::string> names;
  for (const Document& name : columns.items()) names.push_back(*name.text());
  return join(names, ", ");
}

// As the server quotes a name: only when it must.
inline std::string quoted(const std::string& name) {
  const bool is_plain = std::all_of(name.begin(), name.end(),
                                    [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); });
  return is_plain ? name : "\"" + name + "\"";
}

inline void add_table_facts(Lines& lines, const Document& table) {
  const std::string name = text_at(table, "table");
  int place = 0;
  for (const Document& column : table.find("columns")->items()) {
    const auto& parts = column.items();
    const bool nullable = std::get<bool>(parts[2].scalar());
    lines.push_back(fmt::format("column {} {} {} {} {}{}", name, ++place, *parts[0].text(),
                                *parts[1].text(), nullable ? "NULL" : "NOT NULL",
                                parts[3].is_null() ? "" : " DEFAULT " + *parts[3].text()));
  }
  const Document& key = *table.find("primary_key");
  lines.push_back(fmt::format("constraint {} {} PRIMARY KEY ({})", name, text_at(key, "name"),
                              column_list(*key.find("columns"))));
  for (const Document& index : table.find("indexes")->items()) {
    const bool unique = std::get<bool>(index.find("unique")->scalar());
    lines.push_back(fmt::format("index {} {} {} {} ({})", name, text_at(index, "name"),
                                unique ? "unique" : "plain", text_at(index, "method"),
                                column_list(*index.find("columns"))));
  }
  for (const Document& key_out : table.find("foreign_keys")->items()) {
    lines.push_back(
        fmt::format("constraint {} {} FOREIGN KEY ({}) REFERENCES {}({}) ON UPDATE {} ON DELETE {}",
                    name, text_at(key_out, "name"), quoted(column_list(*key_out.find("columns"))),
                    text_at(key_out, "references"), column_list(*key_out.find("ref_columns")),
                    text_at(key_out, "on_update"), text_at(key_out, "on_delete")));
  }
}

inline Lines schema_facts() {
  const Document facts = data_json("purple-cross-schema.json");
  Lines lines;
  for (const Document& table : facts.find("tables")->items()) add_table_facts(lines, table);
  for (const auto& [name, labels] : facts.find("enums")->members()) {
    lines.push_back(fmt::format("enum {} {}", name, column_list(labels)));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// Lines of `left` that `right` lacks: a readable answer where a whole list would be none.
inline Lines lines_only_in(const Lines& left, const Lines& right) {
  Lines lines;
  std::set_difference(left.begin(), left.end(), right.begin(), right.end(),
                      std::back_inserter(lines));
  return lines;
}

}  // namespace pcx::testing
