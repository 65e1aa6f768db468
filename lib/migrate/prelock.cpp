#include "migrate/prelock.h"

#include <algorithm>
#include <utility>

#include "migrate/tree.h"

namespace pcx::migrate {

namespace {

bool is_table(const Touch& touch) {
  const bool is_servers = touch.schema == "pg_catalog" || touch.schema == "information_schema";
  return (touch.kind == 'r' || touch.kind == 'p') && !is_servers && touch.mode != LockMode::none;
}

std::vector<Touch> tables_of(const Forecast& forecast) {
  std::vector<Touch> tables;
  std::copy_if(forecast.touches.begin(), forecast.touches.end(), std::back_inserter(tables),
               is_table);
  return tables;
}

bool covers(const std::vector<Touch>& first, const Touch& wanted) {
  return std::any_of(first.begin(), first.end(), [&](const Touch& touch) {
    return touch.oid == wanted.oid && touch.mode >= wanted.mode;
  });
}

db::Query& add_mode(db::Query& query, LockMode mode) {
  switch (mode) {
    case LockMode::none: break;  // see is_table()
    case LockMode::access_share: return query.sql(" IN ACCESS SHARE MODE");
    case LockMode::row_share: return query.sql(" IN ROW SHARE MODE");
    case LockMode::row_exclusive: return query.sql(" IN ROW EXCLUSIVE MODE");
    case LockMode::share_update_exclusive: return query.sql(" IN SHARE UPDATE EXCLUSIVE MODE");
    case LockMode::share: return query.sql(" IN SHARE MODE");
    case LockMode::share_row_exclusive: return query.sql(" IN SHARE ROW EXCLUSIVE MODE");
    case LockMode::exclusive: return query.sql(" IN EXCLUSIVE MODE");
    case LockMode::access_exclusive: return query.sql(" IN ACCESS EXCLUSIVE MODE");
  }
  return query;
}

// Its partitions and children have Touches of their own, where the script locks them.
db::Query lock_table(const Touch& table) {
  db::Query query{"migrate.lock_table"};
  query.sql("LOCK TABLE ONLY ").identifier(table.schema, table.name);
  add_mode(query, table.mode);
  return query;
}

// 0 is no limit, whatever its unit: "0", "0ms", '0s'.
bool is_zero(const Document& constant) {
  const std::string value = tree::text_of(tree::child_of(constant, "sval"), "sval");
  if (constant.find("ival") != nullptr) {
    return tree::number_of(tree::child_of(constant, "ival"), "ival") == 0;
  }
  return !value.empty() && value.find_first_of("123456789") == std::string::npos;
}

bool lifts(const Document& setting) {
  const std::string kind = tree::text_of(setting, "kind");
  if (kind == "VAR_RESET_ALL") return true;
  if (tree::text_of(setting, "name") != "lock_timeout") return false;
  if (kind != "VAR_SET_VALUE") return true;  // the default, which is no limit as a rule
  const auto& values = tree::list_of(setting, "args");
  return std::any_of(values.begin(), values.end(), [](const Document& value) {
    const Document* constant = tree::as(value, "A_Const");
    return constant != nullptr && is_zero(*constant);
  });
}

}  // namespace

std::vector<db::Query> lock_first(const ScriptOutlook& script) {
  std::vector<Touch> tables = tables_of(script.total);
  if (tables.empty()) return {};
  const std::vector<Touch> first = tables_of(script.statements.front().forecast);
  const bool nothing_more = std::all_of(tables.begin(), tables.end(),
                                        [&](const Touch& table) { return covers(first, table); });
  if (nothing_more) return {};
  std::sort(tables.begin(), tables.end(),
            [](const Touch& one, const Touch& other) { return one.oid < other.oid; });
  std::vector<db::Query> locks;
  for (const Touch& table : tables) locks.push_back(lock_table(table));
  return locks;
}

bool lifts_lock_timeout(const Script& script) {
  const auto parsed = tree::parse(script.text).script;
  if (!parsed) return false;
  const auto& nodes = tree::list_of(*parsed, "stmts");
  return std::any_of(nodes.begin(), nodes.end(), [](const Document& node) {
    const Document* setting = tree::as(tree::child_of(node, "stmt"), "VariableSetStmt");
    return setting != nullptr && lifts(*setting);
  });
}

}  // namespace pcx::migrate
