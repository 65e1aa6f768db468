#include "inspect/relations.h"

#include <fmt/format.h>

#include "core/error.h"
#include "inspect/sql.h"

namespace pcx::inspect {

namespace {

Holds holds_of(std::string_view name) {
  if (name == "text") return Holds::text;
  if (name == "json") return Holds::json;
  if (name == "jsonb") return Holds::jsonb;
  return name == "bytea" ? Holds::bytea : Holds::other;
}

Relation to_relation(const db::Row& row) {
  return {.oid = static_cast<std::uint32_t>(row["relation"].as<std::int64_t>()),
          .schema = row["schema_name"].as<std::string>(),
          .table = row["table_name"].as<std::string>(),
          .is_foreign = row["kind"].as<std::string_view>() == "f",
          .is_view = row["kind"].as<std::string_view>() == "m",
          .row_security = row["row_security"].as<bool>(),
          .blocks = row["blocks"].as<std::int64_t>(),
          .rows_estimated = row["rows_estimated"].as<std::int64_t>(),
          .columns = {}};
}

}  // namespace

std::string Relation::name() const { return schema == "public" ? table : schema + "." + table; }

std::string Relation::why_hidden() const {
  if (is_foreign) return "it is a foreign table";
  for (const TextColumn& column : columns) {
    if (!column.may_read) return fmt::format("this role may not read column {}", column.name);
  }
  return row_security ? "row level security hides rows from this role" : "";
}

std::vector<Relation> read_relations(db::Database& database, Captured captured) {
  std::vector<Relation> relations;
  for (const db::Row row : database.query(sql::find_columns, {captured == Captured::include})) {
    const auto oid = static_cast<std::uint32_t>(row["relation"].as<std::int64_t>());
    if (relations.empty() || relations.back().oid != oid) relations.push_back(to_relation(row));
    relations.back().columns.push_back({row["column_name"].as<std::string>(),
                                        holds_of(row["holds"].as<std::string_view>()),
                                        row["may_read"].as<bool>()});
  }
  return relations;
}

void add_text_of(db::Query& query, const TextColumn& column) {
  switch (column.holds) {
    case Holds::bytea:
      query.sql("pg_catalog.encode(t.").identifier(column.name).sql(", 'escape')");
      break;
    case Holds::json:
      // What is not ASCII belongs to no value that is looked for, and half a surrogate or a NUL
      // cannot be a jsonb.
      query.sql("(CASE WHEN pg_catalog.strpos(t.").identifier(column.name);
      query.sql(R"(::pg_catalog.text, '\u') > 0 THEN pg_catalog.regexp_replace(t.)");
      query.identifier(column.name);
      query.sql(R"(::pg_catalog.text, '\\u(?!00[0-7][1-9a-fA-F]|00[1-7]0)[0-9a-fA-F]{4}',)");
      query.sql(R"( '\\u003f', 'g')::pg_catalog.jsonb::pg_catalog.text ELSE t.)");
      query.identifier(column.name).sql("::pg_catalog.text END)");
      break;
    default: query.sql("(t.").identifier(column.name).sql("::pg_catalog.text)");
  }
  query.sql(" COLLATE pg_catalog.\"C\"");
}

}  // namespace pcx::inspect
