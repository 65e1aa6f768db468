#include "migrate/catalog.h"

#include <algorithm>
#include <utility>

#include "core/json.h"
#include "migrate/sql.h"
#include "migrate/tree.h"

namespace pcx::migrate {

namespace {

using tree::flag_of;
using tree::list_of;
using tree::number_of;
using tree::text_of;

std::vector<std::int64_t> oids_of(const Document& node, std::string_view key) {
  std::vector<std::int64_t> oids;
  for (const auto& item : list_of(node, key)) {
    oids.push_back(std::get<std::int64_t>(item.scalar()));
  }
  return oids;
}

std::vector<Column> columns_of(const Document& node) {
  std::vector<Column> columns;
  for (const auto& one : list_of(node, "columns")) {
    columns.push_back({text_of(one, "name"), text_of(one, "type"),
                       static_cast<int>(number_of(one, "modifier")), flag_of(one, "not_null")});
  }
  return columns;
}

std::vector<Index> indexes_of(const Document& node) {
  std::vector<Index> indexes;
  for (const auto& one : list_of(node, "indexes")) {
    Index index{number_of(one, "oid"), text_of(one, "name"), {}};
    for (const auto& column : list_of(one, "columns")) index.columns.push_back(*column.text());
    indexes.push_back(std::move(index));
  }
  return indexes;
}

std::vector<Constraint> constraints_of(const Document& node) {
  std::vector<Constraint> constraints;
  for (const auto& one : list_of(node, "constraints")) {
    constraints.push_back({text_of(one, "name"), text_of(one, "type").front(),
                           flag_of(one, "validated"), number_of(one, "parent"),
                           text_of(one, "not_null")});
  }
  return constraints;
}

Relation relation_of(const Document& node) {
  return {.oid = number_of(node, "oid"),
          .schema = text_of(node, "schema"),
          .name = text_of(node, "name"),
          .kind = text_of(node, "kind").front(),
          .bytes = number_of(node, "bytes"),
          .rows = number_of(node, "rows"),
          .table = number_of(node, "table"),
          .is_partition = flag_of(node, "partition"),
          .columns = columns_of(node),
          .indexes = indexes_of(node),
          .constraints = constraints_of(node),
          .referencing = oids_of(node, "referencing"),
          .descendants = oids_of(node, "descendants")};
}

template <typename Named>
const Named* named(const std::vector<Named>& all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

const Column* Relation::column(std::string_view wanted) const { return named(columns, wanted); }

const Constraint* Relation::constraint(std::string_view wanted) const {
  return named(constraints, wanted);
}

Catalog::Catalog(db::Database& database, std::string schema)
    : database_(database), schema_(std::move(schema)) {}

const Relation* Catalog::find(const std::string& schema, const std::string& name) {
  const auto [known, is_new] = oids_.try_emplace({schema, name}, 0);
  if (is_new) {
    const db::Result rows = database_.query(sql::find_relation, {schema, name, schema_});
    if (!rows.empty()) known->second = rows.one()["oid"].as<std::int64_t>();
  }
  return known->second == 0 ? nullptr : by_oid(known->second);
}

const Relation* Catalog::by_oid(std::int64_t oid) {
  const auto known = relations_.find(oid);
  if (known != relations_.end()) return &known->second;
  const db::Result rows = database_.query(sql::describe_relation, {oid});
  if (rows.empty()) return nullptr;  // dropped meanwhile
  const auto json = rows.one()["relation"].as<std::string>();
  return &relations_.emplace(oid, relation_of(parse_json(json, "relation"))).first->second;
}

bool Catalog::any_volatile(const std::vector<std::string>& functions) {
  return !functions.empty() && !database_.query(sql::volatile_functions, {functions}).empty();
}

std::optional<Catalog::Type> Catalog::type(const std::string& written) {
  const db::Result rows = database_.query(sql::canonical_type, {written, schema_});
  if (rows.empty()) return std::nullopt;
  return Type{rows.one()["name"].as<std::string>(), rows.one()["is_domain"].as<bool>()};
}

bool Catalog::is_binary_coercible(const std::string& from, const std::string& to) {
  return from == to ||
         database_.query(sql::is_binary_coercible, {from, to}).one()["found"].as<bool>();
}

}  // namespace pcx::migrate
