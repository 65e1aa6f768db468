#include "migrate/operation.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "db/identifier.h"
#include "migrate/tree.h"

namespace pcx::migrate {

namespace {

using Kind = Operation::Kind;

void name_table(const Document& range, Operation& operation) {
  operation.table_schema = tree::text_of(range, "schemaname");
  operation.table = tree::text_of(range, "relname");
}

void name_object(const Document& range, Operation& operation) {
  operation.schema = tree::text_of(range, "schemaname");
  operation.name = tree::text_of(range, "relname");
}

// Behind the white space from `at` on.
std::size_t skip_space(std::string_view sql, std::size_t at) {
  return std::min(sql.find_first_not_of(" \t\r\n\f\v", at), sql.size());
}

// Behind the identifier that begins at `at`, quoted or not.
std::size_t skip_identifier(std::string_view sql, std::size_t at) {
  if (at >= sql.size() || sql[at] != '"') {
    return std::min(sql.find_first_of(" \t\r\n\f\v.(\"/-", at), sql.size());
  }
  for (++at; at < sql.size(); ++at) {
    if (sql[at] != '"') continue;
    if (at + 1 == sql.size() || sql[at + 1] != '"') return at + 1;
    ++at;  // a quote that is doubled belongs to the name
  }
  return at;
}

// Behind the name, perhaps with schema and database, that begins at `at`.
std::size_t skip_name(std::string_view sql, std::size_t at) {
  for (;;) {
    at = skip_identifier(sql, at);
    const std::size_t dot = skip_space(sql, at);
    if (dot >= sql.size() || sql[dot] != '.') return at;
    at = skip_space(sql, dot + 1);
  }
}

// What stands behind the table's name, on another table. Names that are written in unusual ways
// (U&"..", with a comment inside) give a statement that the server refuses.
std::string on_temporary_table(std::string_view sql, const Document& node,
                               const Document& relation) {
  const auto at = static_cast<std::size_t>(tree::number_of(relation, "location"));
  const char* const unique = tree::flag_of(node, "unique") ? "UNIQUE " : "";
  return fmt::format("CREATE {}INDEX ON pg_temp.{} {}", unique,
                     db::quote_identifier(tree::text_of(relation, "relname")),
                     sql.substr(skip_name(sql, at)));
}

Operation of_index(const std::string& sql, const Document& node) {
  Operation operation{.kind = Kind::create_index, .name = tree::text_of(node, "idxname")};
  const Document& relation = tree::child_of(node, "relation");
  name_table(relation, operation);
  operation.on_temporary_table = on_temporary_table(sql, node, relation);
  operation.names_tablespace = !tree::text_of(node, "tableSpace").empty();
  return operation;
}

Operation of_drop(const Document& node) {
  const auto& objects = tree::list_of(node, "objects");
  if (objects.size() != 1) return {};  // the server refuses several
  const auto parts = tree::name_parts(objects.front());
  if (parts.empty()) return {};
  Operation operation{.kind = Kind::drop_index, .name = parts.back()};
  if (parts.size() > 1) operation.schema = parts[parts.size() - 2];
  return operation;
}

Operation of_reindex(const Document& node) {
  const std::string kind = tree::text_of(node, "kind");
  Operation operation{.kind = Kind::repeatable};
  if (kind == "REINDEX_OBJECT_INDEX") {
    operation.kind = Kind::reindex_index;
    name_object(tree::child_of(node, "relation"), operation);
  } else if (kind == "REINDEX_OBJECT_TABLE") {
    operation.kind = Kind::reindex_table;
    name_table(tree::child_of(node, "relation"), operation);
  }
  return operation;
}

Operation of_detach(const Document& node) {
  const auto& commands = tree::list_of(node, "cmds");
  if (commands.size() != 1) return {};  // the server refuses several
  Operation operation{.kind = Kind::detach_partition};
  name_table(tree::child_of(node, "relation"), operation);
  const Document& definition = tree::child_of(tree::typed(commands.front()).second, "def");
  if (definition.is_null()) return {};
  name_object(tree::child_of(tree::typed(definition).second, "name"), operation);
  return operation;
}

struct Named {
  std::string_view type;
  Kind kind;
  std::string_view member;  // that holds the name
};
constexpr std::array<Named, 4> kNamed = {{
    {"CreatedbStmt", Kind::create_database, "dbname"},
    {"DropdbStmt", Kind::drop_database, "dbname"},
    {"CreateTableSpaceStmt", Kind::create_tablespace, "tablespacename"},
    {"DropTableSpaceStmt", Kind::drop_tablespace, "tablespacename"},
}};
constexpr std::array<std::string_view, 4> kRepeatable = {"VacuumStmt", "ClusterStmt",
                                                         "AlterSystemStmt", "AlterDatabaseStmt"};

}  // namespace

Operation operation_of(const std::string& sql) {
  const auto parsed = tree::parse(sql).script;
  if (!parsed || tree::list_of(*parsed, "stmts").size() != 1) return {};
  const Document& statement = tree::child_of(tree::list_of(*parsed, "stmts").front(), "stmt");
  const auto& [type, node] = tree::typed(statement);
  if (type == "IndexStmt") return of_index(sql, node);
  if (type == "DropStmt") return of_drop(node);
  if (type == "ReindexStmt") return of_reindex(node);
  if (type == "AlterTableStmt") return of_detach(node);
  for (const Named& each : kNamed) {
    if (type == each.type) return {.kind = each.kind, .name = tree::text_of(node, each.member)};
  }
  const bool repeats = std::find(kRepeatable.begin(), kRepeatable.end(), type) != kRepeatable.end();
  return {.kind = repeats ? Kind::repeatable : Kind::unknowable};
}

bool is_knowable(const Operation& operation) { return operation.kind != Kind::unknowable; }

}  // namespace pcx::migrate
