#include "audit/install_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "audit/rule_follow.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

using Names = std::vector<std::string>;

struct LogColumn {
  std::string_view name;
  std::string_view type;
};

// What leaves of the application's trail are made of (pcx.audit_log_row).
constexpr LogColumn kLogColumns[] = {
    {"id", "text"},         {"userId", "text"},
    {"action", "text"},     {"resource", "text"},
    {"resourceId", "text"}, {"changes", "jsonb"},
    {"metadata", "jsonb"},  {"ipAddress", "text"},
    {"userAgent", "text"},  {"timestamp", "timestamp without time zone"},
    {"tenantId", "text"},
};

bool has(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

void add(Names& names, const std::string& name) {
  if (!has(names, name)) names.push_back(name);
}

bool is_of(const ColumnName& column, const TableRule& rule) {
  return column.schema == rule.schema && column.table == rule.table;
}

std::string text_of(const ColumnName& column) {
  return escape_controls(fmt::format("{}.{}.{}", column.schema, column.table, column.column));
}

// Why a table that is there cannot be audited; empty: it can.
std::string obstacle(const TableFacts& facts) {
  if (facts.schema == "pcx") return "it is pcx's own";
  if (!facts.casts.empty()) {
    return fmt::format(
        "its column {} is of a type with a cast to json that somebody wrote, which would run as "
        "the "
        "owner of schema pcx, also when the column is dropped or hashed: DROP CAST, or give it "
        "another type",
        join(facts.casts, ", "));
  }
  switch (facts.kind) {
    case TableKind::absent:
    case TableKind::table: return {};
    case TableKind::partitioned: return "it is partitioned: name its partitions instead";
    case TableKind::view: return "it is a view: audit the tables under it";
    case TableKind::foreign: return "it is a foreign table: audit it where its rows are";
  }
  return {};
}

void require_columns(const std::vector<ColumnName>& columns, const InstallWish& wish,
                     const InstallFacts& facts) {
  for (const ColumnName& column : columns) {
    const auto rule = std::ranges::find_if(
        wish.rules, [&](const TableRule& each) { return is_of(column, each); });
    if (rule == wish.rules.end()) {
      throw Error{ErrorCode::usage,
                  fmt::format("{}: this table is not to be audited", text_of(column)),
                  "Name it with --tables, too."};
    }
    const TableFacts& table = facts.tables[static_cast<std::size_t>(rule - wish.rules.begin())];
    if (table.kind == TableKind::absent) continue;
    if (!has(table.columns, column.column)) {
      throw Error{ErrorCode::not_found, fmt::format("there is no column {}", text_of(column)),
                  fmt::format("There are: {}.", escape_controls(join(table.columns, ", ")))};
    }
    if (has(table.key_columns, column.column)) {
      throw Error{
          ErrorCode::usage,
          fmt::format("{} is of the primary key: the trail names rows by it", text_of(column)),
          "Leave it out."};
    }
  }
}

// What of the profile is not there is no secret either.
void drop_absent(Names& names, const TableFacts& facts) {
  std::erase_if(names, [&](const std::string& name) { return !has(facts.columns, name); });
}

TableRule wanted_rule(const TableRule& asked, const TableFacts& table, const InstalledRule* now,
                      const InstallWish& wish, const InstallFacts& facts) {
  TableRule rule = asked;
  drop_absent(rule.dropped, table);
  drop_absent(rule.hashed, table);
  if (now != nullptr) {
    rule.on_error = now->rule.on_error;
    rule.ignored = now->rule.ignored;
    for (const std::string& name : now->rule.dropped) add(rule.dropped, name);
    for (const std::string& name : now->rule.hashed) add(rule.hashed, name);
  }
  if (wish.on_error && !has(wish.besides, rule.relation())) rule.on_error = *wish.on_error;
  for (const ColumnName& column : wish.dropped) {
    if (is_of(column, rule)) add(rule.dropped, column.column);
  }
  for (const ColumnName& column : wish.hashed) {
    if (is_of(column, rule)) add(rule.hashed, column.column);
  }
  Names encrypted;
  for (const fields::Field& field : facts.encrypted) {
    const bool is_here = field.schema == rule.schema && field.table == rule.table;
    if (is_here && has(table.columns, field.column)) encrypted.push_back(field.column);
  }
  rule = with_encrypted(std::move(rule), encrypted);
  std::erase_if(rule.hashed, [&](const std::string& name) { return has(rule.dropped, name); });
  for (Names* names : {&rule.dropped, &rule.hashed, &rule.ignored}) std::ranges::sort(*names);
  return rule;
}

// `fit`: of `now`.
InstallStep step_for(const PlannedTable& planned, const TableFacts& table, const InstalledRule* now,
                     const RuleFit& fit, bool is_paused) {
  if (is_paused) return InstallStep::paused;
  if (now == nullptr) return InstallStep::install;
  const auto installed = capture_triggers(now->rule, now->key_columns);
  if (state_of(installed, table.triggers) != TriggerState::on) return InstallStep::repair;
  if (!fit.is_fit()) return InstallStep::repair;
  const bool is_same = now->rule == planned.rule && now->key_columns == planned.key_columns;
  return is_same ? InstallStep::none : InstallStep::change;
}

std::string unknown_columns_text(const Names& columns) {
  return fmt::format(
      "its rule keeps {} out, which is not there: the database was restored since it was "
      "installed, or it is another table, so nobody knows whether it has another name; run 'pcx "
      "audit install' with --tables for it alone, and --drop or --hash of whatever is to be kept "
      "out",
      join(columns, ", "));
}

// Somebody says by name what of the table is to be kept out.
bool says_columns(const InstallWish& wish, const TableRule& rule) {
  const auto is_its = [&](const ColumnName& column) { return is_of(column, rule); };
  return !wish.is_profile &&
         (std::ranges::any_of(wish.dropped, is_its) || std::ranges::any_of(wish.hashed, is_its));
}

void forget_unknown(RuleFit& fit) {
  for (Names* names : {&fit.rule.rule.dropped, &fit.rule.rule.hashed}) {
    std::erase_if(*names, [&](const std::string& name) { return has(fit.unknown, name); });
  }
  fit.unknown.clear();
}

// Otherwise it cannot be followed when it is renamed, nor can what it keeps out.
bool is_noted(const InstalledRule& installed, const RulePlace* place) {
  if (place == nullptr || !place->is_same_table()) return false;
  const auto is_known = [&](const std::string& name) { return place->columns.contains(name); };
  return std::ranges::all_of(installed.rule.dropped, is_known) &&
         std::ranges::all_of(installed.rule.hashed, is_known);
}

PlannedTable plan_table(const TableRule& asked, const TableFacts& table, const InstallWish& wish,
                        const InstallFacts& facts) {
  if (table.kind == TableKind::absent) return {asked, {}, InstallStep::absent};
  if (const std::string why = obstacle(table); !why.empty()) {
    return {asked, {}, InstallStep::refuse, why};
  }
  const InstalledRule* now = find_rule(facts.installed, asked.relation());
  const RulePlace* place = find_place(facts.places, asked.relation());
  RuleFit fit = now == nullptr ? RuleFit{} : fit_rule(*now, place, table);
  if (now != nullptr && fit.is_fit() && !is_noted(*now, place)) {
    fit.differs.emplace_back("its numbers in the catalog are others: it was restored");
  }
  if (says_columns(wish, asked)) forget_unknown(fit);
  if (!fit.unknown.empty())
    return {asked, {}, InstallStep::refuse, unknown_columns_text(fit.unknown)};
  PlannedTable planned{wanted_rule(asked, table, now == nullptr ? nullptr : &fit.rule, wish, facts),
                       table.key_columns};
  const bool is_paused = std::ranges::any_of(facts.standings, [&](const TableStanding& each) {
    return each.relation == asked.relation() && each.standing == Standing::paused;
  });
  planned.step = step_for(planned, table, now, fit, is_paused);
  if (planned.step == InstallStep::repair) {
    const auto triggers = capture_triggers(now->rule, now->key_columns);
    const TriggerState state = state_of(triggers, table.triggers);
    planned.note = state == TriggerState::on ? join(fit.differs, "; ")
                                             : fmt::format("its triggers are {}", to_string(state));
  } else if (table.key_columns.empty()) {
    planned.note = "no primary key: the trail cannot tell its rows apart";
  }
  return planned;
}

// What there is once rules have gone where their tables are.
InstallFacts after_moves(InstallFacts facts) {
  for (const RuleMove& move : facts.moves) {
    if (move.merged) {
      const std::string relation = move.merged->rule.relation();
      RulePlace place{.relation = relation, .is_there = true, .is_table = true, .now = move.now};
      for (const Names* names :
           {&move.merged->rule.dropped, &move.merged->rule.hashed, &move.merged->key_columns}) {
        for (const std::string& name : *names) place.columns[name] = name;
      }
      for (InstalledRule& each : facts.installed) {
        if (each.rule.relation() == relation) each = *move.merged;
      }
      std::erase_if(facts.places, [&](const RulePlace& each) { return each.relation == relation; });
      facts.places.push_back(std::move(place));
    }
  }
  return facts;
}

void require_something(const InstallPlan& plan, const InstallFacts& facts) {
  const bool is_nothing = std::ranges::all_of(
      plan.tables, [](const PlannedTable& planned) { return planned.step == InstallStep::absent; });
  if (!is_nothing || plan.log != InstallStep::absent || !facts.installed.empty()) return;
  throw Error{ErrorCode::not_found, "none of the tables of the profile is in this database",
              "Is it the application's? Then make them first ('pcx migrate up'), or name other "
              "tables with --tables."}
      .because("no_table");
}

// Named by somebody, each table has to be one.
void require_capturable(const InstallPlan& plan) {
  for (const PlannedTable& planned : plan.tables) {
    const std::string relation = escape_controls(planned.rule.relation());
    if (planned.step == InstallStep::absent) {
      throw Error{ErrorCode::not_found, fmt::format("there is no table {}", relation),
                  "Name tables as table or schema.table, as they are written: upper and lower "
                  "case are different."};
    }
    if (planned.step == InstallStep::refuse) {
      throw Error{ErrorCode::conflict,
                  fmt::format("{} cannot be audited: {}", relation, planned.note),
                  "Leave it out of --tables."}
          .because("not_capturable");
    }
  }
}

// What of the application's trail keeps its rows from having leaves; empty: nothing.
std::string log_obstacle(const TableFacts& log) {
  if (log.kind != TableKind::table) return "it is no ordinary table";
  for (const LogColumn& wanted : kLogColumns) {
    const auto column = std::ranges::find(log.columns, wanted.name);
    if (column == log.columns.end()) return fmt::format("it has no column {}", wanted.name);
    const std::string& type = log.types[static_cast<std::size_t>(column - log.columns.begin())];
    if (type != wanted.type) {
      return fmt::format("its column {} is of type {}, not {}", wanted.name, type, wanted.type);
    }
  }
  return {};
}

void plan_log(const InstallFacts& facts, InstallPlan& plan) {
  if (facts.log.kind == TableKind::absent) {
    plan.log = InstallStep::absent;
    return;
  }
  plan.log_note = log_obstacle(facts.log);
  if (!plan.log_note.empty()) {
    plan.log = InstallStep::refuse;
    return;
  }
  const TriggerState state = state_of(log_triggers(), facts.log.triggers);
  if (state == TriggerState::on) {
    plan.adopt = !facts.adoption_is_done;
    return;
  }
  plan.log = facts.log.triggers.empty() ? InstallStep::install : InstallStep::repair;
  plan.adopt = plan.log == InstallStep::install;
  if (plan.log == InstallStep::repair) {
    plan.log_note = fmt::format("its triggers are {}", to_string(state));
  }
}

void require_rights(const InstallPlan& plan, const InstallFacts& facts) {
  Names relations;
  Names owners;
  const auto look_at = [&](InstallStep step, const TableFacts& table) {
    if (!is_deed(step) || table.may_alter) return;
    relations.push_back(table.relation());
    add(owners, table.owner);
  };
  for (std::size_t i = 0; i < plan.tables.size(); ++i) {
    look_at(plan.tables[i].step, facts.tables[i]);
  }
  look_at(plan.log, facts.log);
  if (relations.empty()) return;
  const auto more = relations.size() - 1;
  throw Error{ErrorCode::permission,
              fmt::format("this role does not own {}{}", escape_controls(relations.front()),
                          more == 0 ? "" : fmt::format(" and {} more tables", more)),
              fmt::format("Only a table's owner can give it triggers: run it as {}, or as a "
                          "superuser.",
                          escape_controls(join(owners, ", ")))};
}

std::optional<Names> parse_parts(std::string_view text, std::size_t parts) {
  Names names;
  for (const auto& part : split(text, '.')) names.emplace_back(part);
  if (names.size() == parts - 1) names.insert(names.begin(), "public");
  const bool is_name = names.size() == parts && !has(names, "");
  return is_name ? std::optional{names} : std::nullopt;
}

}  // namespace

std::optional<RelationName> parse_relation(std::string_view text) {
  const auto parts = parse_parts(text, 2);
  if (!parts) return std::nullopt;
  return RelationName{(*parts)[0], (*parts)[1]};
}

std::optional<ColumnName> parse_column(std::string_view text) {
  const auto parts = parse_parts(text, 3);
  if (!parts) return std::nullopt;
  return ColumnName{(*parts)[0], (*parts)[1], (*parts)[2]};
}

const char* to_string(InstallStep step) noexcept {
  switch (step) {
    case InstallStep::none: return "audited";
    case InstallStep::install: return "install";
    case InstallStep::change: return "change";
    case InstallStep::repair: return "repair";
    case InstallStep::paused: return "paused";
    case InstallStep::absent: return "absent";
    case InstallStep::refuse: return "refused";
  }
  return "unknown";
}

bool is_deed(InstallStep step) noexcept {
  return step == InstallStep::install || step == InstallStep::change || step == InstallStep::repair;
}

bool InstallPlan::has_deeds() const {
  return adopt || close || is_deed(log) || !moves.empty() ||
         std::ranges::any_of(tables, [](const PlannedTable& each) { return is_deed(each.step); });
}

InstallPlan plan_install(const InstallWish& wish, const InstallFacts& found) {
  const InstallFacts facts = after_moves(found);
  require_columns(wish.dropped, wish, facts);
  require_columns(wish.hashed, wish, facts);
  InstallPlan plan{.moves = facts.moves};
  for (std::size_t i = 0; i < wish.rules.size(); ++i) {
    plan.tables.push_back(plan_table(wish.rules[i], facts.tables[i], wish, facts));
  }
  if (!wish.is_profile) require_capturable(plan);
  plan_log(facts, plan);
  if (wish.is_profile) require_something(plan, facts);
  require_rights(plan, facts);
  plan.close = wish.is_profile && facts.is_unfinished && !plan.has_deeds();
  return plan;
}

InstallWish with_audited(InstallWish wish, const std::vector<InstalledRule>& installed) {
  if (!wish.is_profile) return wish;
  for (const InstalledRule& each : installed) {
    const bool is_asked = std::ranges::any_of(
        wish.rules, [&](const TableRule& rule) { return rule.relation() == each.rule.relation(); });
    if (is_asked) continue;
    wish.rules.push_back({.schema = each.rule.schema, .table = each.rule.table});
    wish.besides.push_back(each.rule.relation());
  }
  return wish;
}

}  // namespace pcx::audit
