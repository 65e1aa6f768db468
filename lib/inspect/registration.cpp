#include "inspect/registration.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "db/identifier.h"
#include "fields/consistency.h"
#include "fields/profile.h"
#include "inspect/sql.h"
#include "rotate/fence.h"

namespace pcx::inspect {

using fields::Bind;
using fields::Field;

namespace {

using Texts = std::vector<std::string>;

// What the catalog says of one column.
struct ColumnRow {
  std::string kind;  // of the table; empty: it is not there
  std::string type;  // empty: the column is not there
  Texts key;
};

std::vector<ColumnRow> read_columns(db::Database& database, const std::vector<Field>& fields,
                                    const Texts& columns) {
  Texts schemas;
  Texts tables;
  for (const Field& field : fields) {
    schemas.push_back(field.schema);
    tables.push_back(field.table);
  }
  std::vector<ColumnRow> rows;
  for (const db::Row row : database.query(sql::field_facts, {schemas, tables, columns})) {
    rows.push_back({db::nullable<std::string>(row["kind"]).value_or(""),
                    db::nullable<std::string>(row["type"]).value_or(""),
                    db::nullable<Texts>(row["key_names"]).value_or(Texts{})});
  }
  return rows;
}

std::string problem_of_column(const Field& field, const ColumnRow& column) {
  const bool is_text = column.type == "text" || column.type == "varchar" || column.type == "bpchar";
  if (column.kind == "v" || column.kind == "m") return "it is a view";
  if (column.kind == "f") return "it is a foreign table";
  if (!is_text && column.type != "jsonb") return fmt::format("its type is {}", column.type);
  if (!field.member.empty() && is_text) return "its type is text, which has no members";
  if (field.copy || field.bind == Bind::column) return {};
  if (column.key.empty()) return "its table has no primary key to bind it to";
  return column.key.size() > 1 ? "the primary key of its table has several columns" : "";
}

// The columns that copies name besides their own.
std::string problem_of_copy(const Field& field, const ColumnRow& row_column,
                            const ColumnRow& match_column) {
  if (!field.copy) return {};
  if (row_column.type.empty()) return "there is no column " + field.copy->row_column;
  const bool is_there = field.copy->match_column.empty() || !match_column.type.empty();
  return is_there ? "" : "there is no column " + field.copy->match_column;
}

bool is_same_place(const Field& left, const Field& right) {
  return left.schema == right.schema && left.table == right.table && left.column == right.column &&
         left.member == right.member;
}

const Field* find_place(const std::vector<Field>& fields, const Field& place) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return is_same_place(field, place); });
  return found == fields.end() ? nullptr : &*found;
}

bool has_origin(const std::vector<Field>& fields, const Field& copy) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const Field& field) { return !field.copy && field.name == copy.name; });
}

}  // namespace

const char* to_string(Presence presence) noexcept {
  switch (presence) {
    case Presence::present: return "yes";
    case Presence::no_table: return "no table";
    case Presence::no_column: return "no column";
  }
  return "unknown";
}

const char* to_string(Change change) noexcept {
  switch (change) {
    case Change::none: return "";
    case Change::add: return "add";
    case Change::replace: return "change";
    case Change::remove: return "remove";
  }
  return "unknown";
}

std::vector<FieldFacts> read_facts(db::Database& database, const std::vector<Field>& fields) {
  Texts columns;
  Texts row_columns;
  Texts match_columns;
  for (const Field& field : fields) {
    columns.push_back(field.column);
    row_columns.push_back(field.copy ? field.copy->row_column : "");
    match_columns.push_back(field.copy ? field.copy->match_column : "");
  }
  const auto own = read_columns(database, fields, columns);
  const auto rows = read_columns(database, fields, row_columns);
  const auto matches = read_columns(database, fields, match_columns);
  std::vector<FieldFacts> facts(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (own[i].kind.empty()) {
      facts[i].presence = Presence::no_table;
    } else if (own[i].type.empty()) {
      facts[i].presence = Presence::no_column;
    } else {
      facts[i].problem = problem_of_column(fields[i], own[i]);
      if (facts[i].problem.empty()) {
        facts[i].problem = problem_of_copy(fields[i], rows[i], matches[i]);
      }
    }
  }
  return facts;
}

std::vector<PlannedField> plan_changes(const std::vector<Field>& registered,
                                       const std::vector<Field>& wanted) {
  std::vector<PlannedField> plan;
  for (const Field& field : wanted) {
    const Field* const before = find_place(registered, field);
    const Change change = before == nullptr  ? Change::add
                          : *before == field ? Change::none
                                             : Change::replace;
    plan.push_back({field, change});
  }
  for (const Field& field : registered) {
    if (find_place(wanted, field) == nullptr) plan.push_back({field, Change::remove});
  }
  return plan;
}

bool drops_only_absent(const std::vector<Field>& in_force, const std::vector<FieldFacts>& facts,
                       const std::vector<Field>& wanted) {
  for (const PlannedField& planned : plan_changes(in_force, wanted)) {
    if (planned.change == Change::none) continue;
    const auto at = std::find(in_force.begin(), in_force.end(), planned.field);
    const bool is_absent =
        at != in_force.end() &&
        facts[static_cast<std::size_t>(at - in_force.begin())].presence != Presence::present;
    if (planned.change != Change::remove || !is_absent) return false;
  }
  return true;
}

namespace {

std::vector<Field> present_of(db::Database& database, const std::vector<Field>& fields) {
  const auto facts = read_facts(database, fields);
  std::vector<Field> present;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (facts[i].presence == Presence::present) present.push_back(fields[i]);
  }
  return present;
}

}  // namespace

std::vector<Field> wanted_fields(db::Database& database, const Config& config,
                                 const std::vector<Field>& registered) {
  auto configured = fields::read_config_fields(config);
  if (!configured.empty()) return configured;
  if (!registered.empty()) {
    auto still_there = present_of(database, registered);
    return still_there.empty() ? registered : still_there;
  }
  std::vector<Field> present;
  const auto profile = fields::purple_cross();
  const auto facts = read_facts(database, profile);
  for (std::size_t i = 0; i < profile.size(); ++i) {
    const bool is_there = facts[i].presence != Presence::no_table;
    if (is_there && (!profile[i].copy || has_origin(present, profile[i]))) {
      present.push_back(profile[i]);
    }
  }
  return present;
}

std::vector<LeftFence> read_left_fences(db::Database& database, const std::vector<Field>& before,
                                        const std::vector<Field>& now) {
  std::vector<LeftFence> left;
  for (const Field& field : before) {
    if (find_place(now, field) != nullptr) continue;
    for (const rotate::Fence& fence : rotate::read_fences(database, {.field = field})) {
      left.push_back({field, fmt::format("ALTER TABLE {} DROP CONSTRAINT {}",
                                         db::quote_identifier(field.schema, field.table),
                                         db::quote_identifier(fence.name))});
    }
  }
  return left;
}

void require_sound(const std::vector<Field>& fields, const std::vector<FieldFacts>& facts,
                   const std::vector<Field>& registered) {
  Texts problems = fields::find_contradictions(fields, registered);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string name = to_string(fields[i]);
    if (facts[i].presence != Presence::present) {
      problems.push_back(fmt::format("{}: there is {}", name, to_string(facts[i].presence)));
    } else if (!facts[i].problem.empty()) {
      problems.push_back(fmt::format("{}: {}", name, facts[i].problem));
    }
  }
  if (problems.empty()) return;
  throw Error{ErrorCode::config, "the fields cannot be registered: " + problems.front(),
              "Correct the section `fields` of the configuration; nothing was changed."}
      .because("fields")
      .with_detail(join(problems, "\n"));
}

}  // namespace pcx::inspect
