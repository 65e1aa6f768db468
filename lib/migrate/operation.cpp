#include "migrate/operation.h"

#include <algorithm>
#include <array>

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

Operation of_index(const Document& node) {
  Operation operation{.kind = Kind::create_index, .name = tree::text_of(node, "idxname")};
  name_table(tree::child_of(node, "relation"), operation);
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
  if (type == "IndexStmt") return of_index(node);
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
