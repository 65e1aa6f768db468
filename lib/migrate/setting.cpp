#include "migrate/setting.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "migrate/tree.h"

namespace pcx::migrate {

namespace {

// A node that says more than this says something that nobody has thought of here.
bool has_only(const Document& node, std::initializer_list<std::string_view> known) {
  const auto& members = node.members();
  return std::all_of(members.begin(), members.end(), [&](const auto& member) {
    return std::find(known.begin(), known.end(), member.first) != known.end();
  });
}

bool is_set_config(const Document& call) {
  std::string name;
  for (const auto& part : tree::list_of(call, "funcname")) {
    name += '.' + tree::text_of(tree::typed(part).second, "sval");
  }
  return name == ".set_config" || name == ".pg_catalog.set_config";
}

bool is_false(const Document& constant) {
  const Document* value = constant.find("boolval");
  return value != nullptr && !tree::flag_of(*value, "boolval");
}

// set_config('name', 'value', false)
bool sets_constants(const Document& target) {
  const Document& value = tree::child_of(tree::typed(target).second, "val");
  const auto& [type, call] = tree::typed(value);
  if (type != "FuncCall" || !is_set_config(call)) return false;
  if (!has_only(call, {"funcname", "args", "funcformat", "location"})) return false;
  const auto& args = tree::list_of(call, "args");
  const bool constant = std::all_of(args.begin(), args.end(), [](const Document& arg) {
    return tree::as(arg, "A_Const") != nullptr;
  });
  return constant && args.size() == 3 && is_false(*tree::as(args.back(), "A_Const"));
}

bool is_setting_query(const Document& node) {
  const auto& targets = tree::list_of(node, "targetList");
  return has_only(node, {"targetList", "limitOption", "op"}) && !targets.empty() &&
         std::all_of(targets.begin(), targets.end(), sets_constants);
}

}  // namespace

bool is_setting(const std::string& type, const Document& node) {
  if (type == "SelectStmt") return is_setting_query(node);
  return type == "VariableSetStmt" && !tree::flag_of(node, "is_local") &&
         !sets_transaction(type, node);
}

bool sets_transaction(const std::string& type, const Document& node) {
  if (type == "TransactionStmt") {
    return node.find("options") != nullptr || tree::flag_of(node, "chain");
  }
  if (type != "VariableSetStmt") return false;
  const std::string name = tree::text_of(node, "name");
  return tree::text_of(node, "kind") == "VAR_SET_MULTI" || name.starts_with("transaction_");
}

}  // namespace pcx::migrate
