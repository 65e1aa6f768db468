#include "migrate/forecast.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/text.h"
#include "migrate/claims.h"
#include "migrate/tree.h"

namespace pcx::migrate {

namespace {

using enum LockMode;
using tree::as;
using tree::child_of;
using tree::flag_of;
using tree::has_option;
using tree::list_of;
using tree::name_parts;
using tree::text_of;
using tree::typed;

using Rule = void (*)(Claims& claims, const Document& body);

// --- tables that are only read, anywhere inside a statement

void lock_read(Claims& claims, const Document& node) {
  if (node.is_array()) {
    for (const auto& item : node.items()) lock_read(claims, item);
  } else if (node.is_object()) {
    for (const auto& [key, value] : node.members()) {
      if (key == "RangeVar") {
        if (const Relation* relation = claims.resolve(value)) claims.lock(*relation, access_share);
      }
      lock_read(claims, value);
    }
  }
}

// --- CREATE

void claim_create_table(Claims& claims, const Document& body) {
  const bool is_partition = body.find("partbound") != nullptr;
  for (const auto& item : list_of(body, "inhRelations")) {
    const Relation* parent = claims.resolve(typed(item).second);
    if (parent == nullptr) continue;
    claims.lock(*parent, is_partition ? access_exclusive : share_update_exclusive);
  }
  const auto claim_all = [&](const Document& holder, std::string_view key) {
    for (const auto& item : list_of(holder, key)) {
      if (const Document* constraint = as(item, "Constraint")) {
        claim_constraint(claims, nullptr, *constraint);
      }
    }
  };
  for (const auto& item : list_of(body, "tableElts")) {
    if (const Document* column = as(item, "ColumnDef")) claim_all(*column, "constraints");
    if (const Document* like = as(item, "TableLikeClause")) {
      if (const Relation* source = claims.resolve(child_of(*like, "relation"))) {
        claims.lock(*source, access_share);
      }
    }
  }
  claim_all(body, "tableElts");
  claims.make(child_of(body, "relation"));
}

void claim_create_index(Claims& claims, const Document& body) {
  const Relation* table = claims.resolve(child_of(body, "relation"));
  if (table != nullptr) {
    const LockMode mode = flag_of(body, "concurrent") ? share_update_exclusive : share;
    claims.lock_family(*table, mode, kScan);
  }
  claims.make(text_of(child_of(body, "relation"), "schemaname"), text_of(body, "idxname"));
}

void claim_create_as(Claims& claims, const Document& body) {
  lock_read(claims, child_of(body, "query"));
  claims.make(child_of(child_of(body, "into"), "rel"));
}

void claim_view(Claims& claims, const Document& body) {
  const Document& view = child_of(body, "view");
  lock_read(claims, child_of(body, "query"));
  const auto known = claims.catalog().find(text_of(view, "schemaname"), text_of(view, "relname"));
  if (known != nullptr && flag_of(body, "replace")) claims.lock(*known, access_exclusive);
  if (known == nullptr) claims.make(view);
}

// Statements whose "relation" is locked, and nothing else.
template <LockMode Mode>
void claim_relation(Claims& claims, const Document& body) {
  if (const Relation* relation = claims.resolve(child_of(body, "relation"))) {
    claims.lock(*relation, Mode);
  }
}

void claim_trigger(Claims& claims, const Document& body) {
  claim_relation<share_row_exclusive>(claims, body);
  if (const Relation* other = claims.resolve(child_of(body, "constrrel"));
      other != nullptr && body.find("constrrel") != nullptr) {
    claims.lock(*other, access_share);
  }
}

void claim_policy(Claims& claims, const Document& body) {
  if (const Relation* table = claims.resolve(child_of(body, "table"))) {
    claims.lock(*table, access_exclusive);
  }
}

void claim_statistics(Claims& claims, const Document& body) {
  for (const auto& item : list_of(body, "relations")) {
    if (const Relation* table = claims.resolve(typed(item).second)) {
      claims.lock(*table, share_update_exclusive);
    }
  }
}

// --- DROP

bool is_relation(const std::string& kind) {
  return kind == "OBJECT_TABLE" || kind == "OBJECT_VIEW" || kind == "OBJECT_MATVIEW" ||
         kind == "OBJECT_FOREIGN_TABLE" || kind == "OBJECT_SEQUENCE";
}

void drop_relation(Claims& claims, const Relation& relation) {
  claims.lock_family(relation, access_exclusive);
  claims.lock_indexes(relation, access_exclusive);
  for (const Constraint& constraint : relation.constraints) {
    if (constraint.type == 'f') claims.lock(constraint.parent, access_exclusive);
  }
  for (const std::int64_t oid : relation.referencing) claims.lock(oid, access_exclusive);
}

void drop_index(Claims& claims, const Relation& index, bool concurrent) {
  const LockMode mode = concurrent ? share_update_exclusive : access_exclusive;
  claims.lock(index.table, mode);
  claims.lock(index, mode);
}

// Triggers, rules and policies are named table first.
bool belongs_to_table(const std::string& kind) {
  return kind == "OBJECT_TRIGGER" || kind == "OBJECT_RULE" || kind == "OBJECT_POLICY";
}

void claim_drop(Claims& claims, const Document& body) {
  const std::string kind = text_of(body, "removeType");
  for (const auto& object : list_of(body, "objects")) {
    auto parts = name_parts(object);
    if (belongs_to_table(kind) && !parts.empty()) parts.pop_back();
    if (!is_relation(kind) && !belongs_to_table(kind) && kind != "OBJECT_INDEX") {
      if (text_of(body, "behavior") == "DROP_CASCADE") claims.note("what else CASCADE drops");
      continue;
    }
    const Relation* relation = claims.resolve(parts);
    if (relation == nullptr) continue;
    if (text_of(body, "behavior") == "DROP_CASCADE") claims.note("what else CASCADE drops");
    if (kind == "OBJECT_INDEX") {
      drop_index(claims, *relation, flag_of(body, "concurrent"));
    } else if (belongs_to_table(kind)) {
      claims.lock(*relation, access_exclusive);
    } else {
      drop_relation(claims, *relation);
    }
  }
}

void claim_truncate(Claims& claims, const Document& body) {
  const bool cascades = text_of(body, "behavior") == "DROP_CASCADE";
  for (const auto& item : list_of(body, "relations")) {
    const Relation* table = claims.resolve(typed(item).second);
    if (table == nullptr) continue;
    claims.lock_family(*table, access_exclusive, {true, false});
    claims.lock_indexes(*table, access_exclusive, {true, false});
    if (!cascades) continue;
    for (const std::int64_t oid : table->referencing) {
      claims.lock(oid, access_exclusive, {true, false});
    }
  }
}

// --- RENAME, SET SCHEMA, COMMENT

void claim_rename(Claims& claims, const Document& body) {
  const std::string kind = text_of(body, "renameType");
  const Document& range = child_of(body, "relation");
  if (range.is_null()) return;  // types, schemas, roles: no relation is locked
  const Relation* relation = claims.resolve(range);
  if (relation != nullptr && kind == "OBJECT_INDEX") {
    claims.lock(*relation, share_update_exclusive);
  } else if (relation != nullptr && kind == "OBJECT_COLUMN") {
    claims.lock_family(*relation, access_exclusive);
  } else if (relation != nullptr) {
    claims.lock(*relation, access_exclusive);
  }
  if (kind == "OBJECT_TABLE" || kind == "OBJECT_VIEW" || kind == "OBJECT_MATVIEW") {
    claims.make(text_of(range, "schemaname"), text_of(body, "newname"));
  }
}

void claim_set_schema(Claims& claims, const Document& body) {
  if (child_of(body, "relation").is_null()) return;
  claim_relation<access_exclusive>(claims, body);
  claims.make(text_of(body, "newschema"), text_of(child_of(body, "relation"), "relname"));
}

void claim_comment(Claims& claims, const Document& body) {
  const std::string kind = text_of(body, "objtype");
  auto parts = name_parts(child_of(body, "object"));
  const bool inside = kind == "OBJECT_COLUMN" || kind == "OBJECT_TABCONSTRAINT" ||
                      kind == "OBJECT_TRIGGER" || kind == "OBJECT_RULE" || kind == "OBJECT_POLICY";
  if (!inside && !is_relation(kind) && kind != "OBJECT_INDEX") return;
  if (inside) parts.pop_back();
  if (const Relation* relation = claims.resolve(parts)) {
    claims.lock(*relation, share_update_exclusive);
  }
}

// --- maintenance

void claim_refresh(Claims& claims, const Document& body) {
  const Relation* view = claims.resolve(child_of(body, "relation"));
  if (view == nullptr) return;
  const bool concurrent = flag_of(body, "concurrent");
  claims.lock(*view, concurrent ? exclusive : access_exclusive, {!concurrent, true});
  claims.lock_indexes(*view, concurrent ? row_exclusive : access_exclusive, {!concurrent, false});
}

void claim_vacuum(Claims& claims, const Document& body) {
  const bool full = has_option(body, "options", "full");
  if (list_of(body, "rels").empty()) claims.note("VACUUM or ANALYZE of every table");
  for (const auto& item : list_of(body, "rels")) {
    const Document& range = child_of(typed(item).second, "relation");
    const Relation* table = range.is_null() ? nullptr : claims.resolve(range);
    if (table == nullptr) continue;
    claims.lock_family(*table, full ? access_exclusive : share_update_exclusive,
                       full ? kRewrite : Effect{});
    if (full) claims.lock_indexes(*table, access_exclusive, kRewrite);
  }
}

void claim_reindex(Claims& claims, const Document& body) {
  const std::string kind = text_of(body, "kind");
  if (kind != "REINDEX_OBJECT_TABLE" && kind != "REINDEX_OBJECT_INDEX") {
    return claims.note("REINDEX of every table");
  }
  const Relation* named = claims.resolve(child_of(body, "relation"));
  if (named == nullptr) return;
  const bool concurrent = has_option(body, "params", "concurrently");
  const LockMode of_table = concurrent ? share_update_exclusive : share;
  const LockMode of_index = concurrent ? share_update_exclusive : access_exclusive;
  if (kind == "REINDEX_OBJECT_INDEX") {
    claims.lock(named->table, of_table, kScan);
    claims.lock(*named, of_index, {true, false});
    return;
  }
  claims.lock_family(*named, of_table, kScan);
  claims.lock_indexes(*named, of_index, {true, false});
}

void claim_cluster(Claims& claims, const Document& body) {
  if (child_of(body, "relation").is_null()) return claims.note("CLUSTER of every table");
  const Relation* table = claims.resolve(child_of(body, "relation"));
  if (table == nullptr) return;
  claims.lock(*table, access_exclusive, kRewrite);
  claims.lock_indexes(*table, access_exclusive, kRewrite);
}

void claim_lock(Claims& claims, const Document& body) {
  const auto mode = static_cast<LockMode>(tree::number_of(body, "mode"));
  for (const auto& item : list_of(body, "relations")) {
    if (const Relation* table = claims.resolve(typed(item).second)) {
      claims.lock_family(*table, mode);
    }
  }
}

// --- data

template <bool Scans>
void claim_write(Claims& claims, const Document& body) {
  lock_read(claims, body);
  if (const Relation* table = claims.resolve(child_of(body, "relation"))) {
    claims.lock_family(*table, row_exclusive, Scans ? kScan : Effect{});
    claims.lock_indexes(*table, row_exclusive);
  }
}

void claim_copy(Claims& claims, const Document& body) {
  lock_read(claims, body);
  if (child_of(body, "relation").is_null()) return;
  if (const Relation* table = claims.resolve(child_of(body, "relation"))) {
    claims.lock(*table, flag_of(body, "is_from") ? row_exclusive : access_share);
  }
}

void claim_select(Claims& claims, const Document& body) {
  lock_read(claims, body);
  if (!list_of(body, "lockingClause").empty()) claims.note("which tables FOR UPDATE locks rows of");
}

void claim_setting(Claims& claims, const Document& body) {
  std::string name = text_of(body, "name");
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  if (name != "timezone") return;
  const auto& values = list_of(body, "args");
  const Document none;
  const Document& value = values.empty() ? none : child_of(values[0], "A_Const");
  const std::string zone = text_of(child_of(value, "sval"), "sval");
  claims.set_utc(text_of(body, "kind") == "VAR_SET_VALUE" ? zone == "UTC" || zone == "utc" : true);
}

template <int Which>
void claim_unseen(Claims& claims, const Document&) {
  constexpr const char* kWhat[] = {"the code of DO", "the procedure of CALL", "what EXECUTE runs",
                                   "what the extension does"};
  claims.note(kWhat[Which]);
}

const std::map<std::string_view, Rule>& rules() {
  static const std::map<std::string_view, Rule> kRules = {
      {"AlterTableStmt", claim_alter_table},
      {"CreateStmt", claim_create_table},
      {"IndexStmt", claim_create_index},
      {"CreateTableAsStmt", claim_create_as},
      {"ViewStmt", claim_view},
      {"CreateTrigStmt", claim_trigger},
      {"CreatePolicyStmt", claim_policy},
      {"AlterPolicyStmt", claim_policy},
      {"RuleStmt", claim_relation<access_exclusive>},
      {"CreateStatsStmt", claim_statistics},
      {"DropStmt", claim_drop},
      {"TruncateStmt", claim_truncate},
      {"RenameStmt", claim_rename},
      {"AlterObjectSchemaStmt", claim_set_schema},
      {"CommentStmt", claim_comment},
      {"RefreshMatViewStmt", claim_refresh},
      {"VacuumStmt", claim_vacuum},
      {"ReindexStmt", claim_reindex},
      {"ClusterStmt", claim_cluster},
      {"LockStmt", claim_lock},
      {"InsertStmt", claim_write<false>},
      {"UpdateStmt", claim_write<true>},
      {"DeleteStmt", claim_write<true>},
      {"MergeStmt", claim_write<true>},
      {"CopyStmt", claim_copy},
      {"SelectStmt", claim_select},
      {"VariableSetStmt", claim_setting},
      {"DoStmt", claim_unseen<0>},
      {"CallStmt", claim_unseen<1>},
      {"ExecuteStmt", claim_unseen<2>},
      {"CreateExtensionStmt", claim_unseen<3>},
      {"AlterExtensionStmt", claim_unseen<3>},
  };
  return kRules;
}

void add(std::map<std::int64_t, Touch>& all, const Touch& touch) {
  const auto [known, is_new] = all.try_emplace(touch.oid, touch);
  if (is_new) return;
  Touch& sum = known->second;
  sum.mode = std::max(sum.mode, touch.mode);
  sum.rewrites = sum.rewrites || touch.rewrites;
  sum.scans = sum.scans || touch.scans;
}

}  // namespace

Forecast Forecaster::read(const Document& statement) {
  Claims claims{*this};
  const auto& [type, body] = typed(statement);
  const auto rule = rules().find(type);
  if (rule != rules().end()) rule->second(claims, body);
  return claims.forecast();
}

Forecast sum(const std::vector<Forecast>& statements) {
  std::map<std::int64_t, Touch> touches;
  Forecast total;
  for (const Forecast& one : statements) {
    for (const Touch& touch : one.touches) add(touches, touch);
    for (const auto& what : one.unseen) {
      if (std::find(total.unseen.begin(), total.unseen.end(), what) == total.unseen.end()) {
        total.unseen.push_back(what);
      }
    }
  }
  for (const auto& [oid, touch] : touches) total.touches.push_back(touch);
  std::sort(total.touches.begin(), total.touches.end(), [](const Touch& one, const Touch& other) {
    return std::tie(other.mode, one.schema, one.name) <
           std::tie(one.mode, other.schema, other.name);
  });
  return total;
}

}  // namespace pcx::migrate
