// ALTER TABLE: the lock of each subcommand is AlterTableGetLockLevel()'s of PostgreSQL 15.
#include <algorithm>
#include <array>
#include <optional>

#include "core/text.h"
#include "migrate/claims.h"
#include "migrate/tree.h"

namespace pcx::migrate {

namespace {

using enum LockMode;
using tree::child_of;
using tree::flag_of;
using tree::list_of;
using tree::text_of;
using tree::typed;

LockMode mode_of(const std::string& subtype) {
  constexpr std::array<std::string_view, 9> kUpdateExclusive = {
      "AT_SetStatistics",   "AT_ClusterOn",          "AT_DropCluster",
      "AT_SetOptions",      "AT_ResetOptions",       "AT_SetRelOptions",
      "AT_ResetRelOptions", "AT_ValidateConstraint", "AT_DetachPartitionFinalize"};
  constexpr std::array<std::string_view, 8> kRowExclusive = {
      "AT_EnableTrig",     "AT_EnableAlwaysTrig", "AT_EnableReplicaTrig", "AT_EnableTrigAll",
      "AT_EnableTrigUser", "AT_DisableTrig",      "AT_DisableTrigAll",    "AT_DisableTrigUser"};
  const auto is_in = [&](const auto& names) {
    return std::find(names.begin(), names.end(), subtype) != names.end();
  };
  if (is_in(kUpdateExclusive)) return share_update_exclusive;
  return is_in(kRowExclusive) ? share_row_exclusive : access_exclusive;
}

// Every function that an expression calls.
void find_functions(const Document& node, std::vector<std::string>& names) {
  if (node.is_array()) {
    for (const auto& item : node.items()) find_functions(item, names);
  } else if (node.is_object()) {
    for (const auto& [key, value] : node.members()) {
      if (key == "FuncCall") {
        names.push_back(text_of(typed(list_of(value, "funcname").back()).second, "sval"));
      }
      find_functions(value, names);
    }
  }
}

std::string written_type(const Document& type_name) {
  std::string name;
  for (const auto& part : list_of(type_name, "names")) {
    if (!name.empty()) name += '.';
    name += text_of(typed(part).second, "sval");
  }
  return list_of(type_name, "arrayBounds").empty() ? name : name + "[]";
}

const Document* constraint_of(const Document& column, std::string_view type) {
  for (const auto& item : list_of(column, "constraints")) {
    const Document& body = typed(item).second;
    if (text_of(body, "contype") == type) return &body;
  }
  return nullptr;
}

bool is_serial(const Document& column) {
  const std::string type = written_type(child_of(column, "typeName"));
  return type == "serial" || type == "bigserial" || type == "smallserial" || type == "serial4" ||
         type == "serial8" || type == "serial2";
}

// A new column is written into every row when its value differs from row to row.
bool rewrites_rows(Claims& claims, const Document& column) {
  if (is_serial(column) || constraint_of(column, "CONSTR_IDENTITY") != nullptr) return true;
  if (constraint_of(column, "CONSTR_GENERATED") != nullptr) return true;
  const auto type = claims.catalog().type(written_type(child_of(column, "typeName")));
  if (type && type->is_domain) return true;  // its checks may need it; the server decides
  const Document* given = constraint_of(column, "CONSTR_DEFAULT");
  if (given == nullptr) return false;
  std::vector<std::string> functions;
  find_functions(child_of(*given, "raw_expr"), functions);
  return claims.catalog().any_volatile(functions);
}

void claim_rewrite(Claims& claims, const Relation& table) {
  claims.lock_family(table, access_exclusive, kRewrite);
  claims.lock_indexes(table, access_exclusive, kRewrite);
}

void claim_add_column(Claims& claims, const Relation& table, const Document& command) {
  const Document& column = child_of(child_of(command, "def"), "ColumnDef");
  claims.lock_family(table, access_exclusive);
  if (rewrites_rows(claims, column)) claim_rewrite(claims, table);
  for (const auto& item : list_of(column, "constraints")) {
    const Document& constraint = typed(item).second;
    const std::string type = text_of(constraint, "contype");
    // Without a default the column is NULL everywhere: nothing to look up.
    if (type == "CONSTR_FOREIGN") {
      if (const Relation* parent = claims.resolve(child_of(constraint, "pktable"))) {
        claims.lock(*parent, share_row_exclusive);
      }
    } else {
      claim_constraint(claims, &table, constraint);
    }
  }
}

// --- ALTER COLUMN ... TYPE

// The modifier that the server would store: of the types where more of it needs no new rows.
std::optional<int> modifier_of(const std::string& type, const Document& type_name) {
  std::vector<int> numbers;
  for (const auto& item : list_of(type_name, "typmods")) {
    const Document& value = child_of(child_of(item, "A_Const"), "ival");
    numbers.push_back(static_cast<int>(tree::number_of(value, "ival")));
  }
  if (numbers.empty()) return -1;
  if (type == "numeric") {
    const int scale = numbers.size() > 1 ? numbers[1] : 0;
    return ((numbers[0] << 16) | (scale & 0x7ff)) + 4;
  }
  if (type == "character varying") return numbers[0] + 4;
  return numbers[0];
}

// Whether values of the old modifier are values of the new one (the length coercions' support
// functions: varchar_support, varbit_support, numeric_support, TemporalSimplify).
bool widens(const std::string& type, int before, int after) {
  if (after == before || after == -1) return true;
  if (before == -1) return false;
  if (type == "numeric") {
    constexpr int scale_mask = 0x7ff;
    return ((after - 4) & scale_mask) == ((before - 4) & scale_mask) && after > before;
  }
  const bool grows = type == "character varying" || type == "bit varying" ||
                     type.starts_with("time") || type == "interval";
  return grows && after > before;
}

bool is_timestamp(const std::string& type) { return type.starts_with("timestamp with"); }

// USING that says no more than the column's own cast would.
bool is_plain_cast(const Document& column, const std::string& name) {
  const Document* value = &child_of(column, "raw_default");
  if (value->is_null()) return true;
  if (const Document* cast = tree::as(*value, "TypeCast")) value = &child_of(*cast, "arg");
  const auto& fields = list_of(child_of(*value, "ColumnRef"), "fields");
  return fields.size() == 1 && text_of(typed(fields[0]).second, "sval") == name;
}

bool keeps_rows(Claims& claims, const Column& before, const Document& definition) {
  const Document& type_name = child_of(definition, "typeName");
  const auto after = claims.catalog().type(written_type(type_name));
  if (!after || after->is_domain || !is_plain_cast(definition, before.name)) return false;
  if (after->name == before.type) {
    return widens(after->name, before.modifier, *modifier_of(after->name, type_name));
  }
  if (is_timestamp(before.type) && is_timestamp(after->name)) return claims.is_utc();
  const bool has_length = modifier_of(after->name, type_name) != -1;
  return !has_length && claims.catalog().is_binary_coercible(before.type, after->name);
}

void claim_type(Claims& claims, const Relation& table, const Document& command) {
  const std::string name = text_of(command, "name");
  const Column* column = table.column(name);
  const Document& definition = child_of(child_of(command, "def"), "ColumnDef");
  if (column == nullptr || !keeps_rows(claims, *column, definition)) {
    claim_rewrite(claims, table);
    return;
  }
  claims.lock_family(table, access_exclusive);
  for (const Index& index : table.indexes) {
    const auto& columns = index.columns;
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) continue;
    claims.lock(index.oid, access_exclusive);
  }
}

// --- the other subcommands with more than a lock

bool is_proven_not_null(const Relation& table, const std::string& name) {
  const Column* column = table.column(name);
  if (column != nullptr && column->not_null) return true;
  return std::any_of(table.constraints.begin(), table.constraints.end(),
                     [&](const Constraint& one) { return one.validated && one.not_null == name; });
}

void claim_set_not_null(Claims& claims, const Relation& table, const Document& command) {
  const bool proven = is_proven_not_null(table, text_of(command, "name"));
  claims.lock_family(table, access_exclusive, proven ? Effect{} : kScan);
}

void claim_validate(Claims& claims, const Relation& table, const Document& command) {
  const Constraint* constraint = table.constraint(text_of(command, "name"));
  const bool is_done = constraint != nullptr && constraint->validated;
  claims.lock_family(table, share_update_exclusive, is_done ? Effect{} : kScan);
  if (constraint == nullptr || constraint->type != 'f' || is_done) return;
  claims.lock(constraint->parent, row_share, kScan);
}

void claim_drop_constraint(Claims& claims, const Relation& table, const Document& command) {
  claims.lock_family(table, access_exclusive);
  const Constraint* constraint = table.constraint(text_of(command, "name"));
  if (constraint == nullptr) return;
  if (constraint->type == 'f') claims.lock(constraint->parent, access_exclusive);
  if (text_of(command, "behavior") != "DROP_CASCADE") return;
  for (const std::int64_t oid : table.referencing) claims.lock(oid, access_exclusive);
}

void claim_partition(Claims& claims, const Relation& table, const Document& command) {
  const Document& partition = child_of(child_of(command, "def"), "PartitionCmd");
  const Relation* child = claims.resolve(child_of(partition, "name"));
  const bool attaches = text_of(command, "subtype") == "AT_AttachPartition";
  const bool concurrent = flag_of(partition, "concurrent");
  const LockMode mode = attaches || concurrent ? share_update_exclusive : access_exclusive;
  claims.lock(table, mode);
  if (child == nullptr) return;
  const LockMode of_child = attaches || !concurrent ? access_exclusive : mode;
  claims.lock_family(*child, of_child, attaches ? kScan : Effect{});
}

void claim_command(Claims& claims, const Relation& table, const Document& command) {
  const std::string type = text_of(command, "subtype");
  if (type.starts_with("AT_Drop") && text_of(command, "behavior") == "DROP_CASCADE") {
    claims.note("what else CASCADE drops");
  }
  if (type == "AT_AddColumn") return claim_add_column(claims, table, command);
  if (type == "AT_AlterColumnType") return claim_type(claims, table, command);
  if (type == "AT_SetNotNull") return claim_set_not_null(claims, table, command);
  if (type == "AT_ValidateConstraint") return claim_validate(claims, table, command);
  if (type == "AT_DropConstraint") return claim_drop_constraint(claims, table, command);
  if (type == "AT_AttachPartition" || type == "AT_DetachPartition") {
    return claim_partition(claims, table, command);
  }
  if (type == "AT_AddConstraint") {
    return claim_constraint(claims, &table, child_of(child_of(command, "def"), "Constraint"));
  }
  if (type == "AT_SetLogged" || type == "AT_SetUnLogged" || type == "AT_SetTableSpace" ||
      type == "AT_SetAccessMethod") {
    return claim_rewrite(claims, table);
  }
  claims.lock_family(table, mode_of(type));
}

void claim_foreign_key(Claims& claims, const Relation* table, const Document& constraint) {
  const Effect effect = flag_of(constraint, "skip_validation") ? Effect{} : kScan;
  if (table != nullptr) claims.lock_family(*table, share_row_exclusive, effect);
  if (const Relation* parent = claims.resolve(child_of(constraint, "pktable"))) {
    claims.lock_family(*parent, share_row_exclusive, table == nullptr ? Effect{} : effect);
  }
}

// An index that becomes a constraint takes its name.
void claim_renamed_index(Claims& claims, const Relation& table, const Document& constraint) {
  const std::string index = text_of(constraint, "indexname");
  const std::string name = text_of(constraint, "conname");
  for (const Index& one : table.indexes) {
    if (one.name != index || name.empty() || name == index) continue;
    claims.lock(one.oid, share_update_exclusive);
  }
}

}  // namespace

void claim_constraint(Claims& claims, const Relation* table, const Document& constraint) {
  const std::string type = text_of(constraint, "contype");
  if (type == "CONSTR_FOREIGN") return claim_foreign_key(claims, table, constraint);
  if (table == nullptr) return;
  const bool uses_index = !text_of(constraint, "indexname").empty();
  const bool builds =
      type == "CONSTR_PRIMARY" || type == "CONSTR_UNIQUE" || type == "CONSTR_EXCLUSION";
  const bool checks = type == "CONSTR_CHECK" && !flag_of(constraint, "skip_validation");
  claims.lock_family(*table, access_exclusive,
                     checks || (builds && !uses_index) ? kScan : Effect{});
  if (uses_index) claim_renamed_index(claims, *table, constraint);
}

void claim_alter_table(Claims& claims, const Document& body) {
  const Relation* relation = claims.resolve(child_of(body, "relation"));
  if (relation == nullptr) return;
  for (const auto& item : list_of(body, "cmds")) {
    claim_command(claims, *relation, typed(item).second);
  }
}

}  // namespace pcx::migrate
