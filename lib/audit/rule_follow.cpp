#include "audit/rule_follow.h"

#include <algorithm>

#include <fmt/format.h>

namespace pcx::audit {

namespace {

using Names = std::vector<std::string>;

bool has(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

class Fitting {
 public:
  Fitting(const InstalledRule& installed, const RulePlace* place, const TableFacts& table)
      : fit_{.rule = installed, .differs = {}, .unknown = {}}, table_(table) {
    if (place != nullptr && place->is_same_table()) place_ = place;
  }

  RuleFit run() {
    TableRule& rule = fit_.rule.rule;
    rule.dropped = follow(rule.dropped);
    rule.hashed = follow(rule.hashed);
    for (const std::string& name : fit_.rule.key_columns) {
      if (!has(table_.columns, name)) {
        fit_.differs.push_back(fmt::format("{} of its primary key {}", name, what_became_of(name)));
      }
    }
    return std::move(fit_);
  }

 private:
  // Its name now; "": it was dropped, or nobody knows.
  std::string name_now(const std::string& name) const {
    if (place_ == nullptr) return {};
    const auto found = place_->columns.find(name);
    return found == place_->columns.end() ? std::string{} : found->second;
  }

  bool is_known(const std::string& name) const {
    return place_ != nullptr && place_->columns.contains(name);
  }

  std::string what_became_of(const std::string& name) const {
    const std::string now = name_now(name);
    return now.empty() ? "is not there any more" : fmt::format("is {} now", now);
  }

  Names follow(const Names& names) {
    Names fitting;
    const auto add = [&](const std::string& name) {
      if (!has(fitting, name)) fitting.push_back(name);
    };
    for (const std::string& name : names) {
      const bool is_there = has(table_.columns, name);
      const std::string now = name_now(name);
      if (is_there || !is_known(name)) add(name);
      if (!is_there && !is_known(name)) fit_.unknown.push_back(name);
      if (!now.empty()) add(now);
      // Also where all of its names are kept out: its number is to be noted anew, or it would be
      // forgotten with its next name.
      if (is_there && is_known(name) && now.empty()) {
        fit_.differs.push_back(fmt::format("{} is another column now", name));
      } else if (!is_there || (is_known(name) && now != name)) {
        fit_.differs.push_back(fmt::format("{} {}", name, what_became_of(name)));
      }
    }
    return fitting;
  }

  RuleFit fit_;
  const TableFacts& table_;
  const RulePlace* place_ = nullptr;
};

}  // namespace

RuleFit fit_rule(const InstalledRule& installed, const RulePlace* place, const TableFacts& table) {
  return Fitting{installed, place, table}.run();
}

namespace {

void erase_absent(TableRule& rule, const TableFacts& table) {
  for (Names* names : {&rule.dropped, &rule.hashed}) {
    std::erase_if(*names, [&](const std::string& name) { return !has(table.columns, name); });
  }
}

void add_all(Names& names, const Names& more) {
  for (const std::string& name : more) {
    if (!has(names, name)) names.push_back(name);
  }
}

// What was noted of `from` is of the table that `into` names. Names of `into` that are not there
// are of the table that had its name before, where that is another one.
InstalledRule merge(const InstalledRule& into, const RulePlace* into_place,
                    const InstalledRule& from, RulePlace from_place, const TableFacts& table) {
  const bool is_same = into_place != nullptr && into_place->is_same_table();
  InstalledRule merged = is_same ? fit_rule(into, into_place, table).rule : into;
  if (!is_same) {
    erase_absent(merged.rule, table);
    merged.key_columns = from.key_columns;  // as its triggers have it
  }
  from_place.relation = into.rule.relation();
  TableRule moved = fit_rule(from, &from_place, table).rule.rule;
  erase_absent(moved, table);
  add_all(merged.rule.dropped, moved.dropped);
  add_all(merged.rule.hashed, moved.hashed);
  std::erase_if(merged.rule.hashed,
                [&](const std::string& name) { return has(merged.rule.dropped, name); });
  std::ranges::sort(merged.rule.dropped);
  std::ranges::sort(merged.rule.hashed);
  return merged;
}

}  // namespace

std::vector<RuleMove> find_moves(const std::vector<InstalledRule>& rules,
                                 const std::vector<RulePlace>& places,
                                 const std::vector<TableFacts>& tables) {
  std::vector<RuleMove> moves;
  for (const RulePlace& place : places) {
    if (!place.is_elsewhere()) {
      if (!place.is_there) moves.push_back({.relation = place.relation});
      continue;
    }
    RuleMove move{.relation = place.relation, .now = place.now, .stays = place.is_table};
    const std::string target = place.now->schema + "." + place.now->table;
    const InstalledRule* from = find_rule(rules, place.relation);
    const InstalledRule* into = find_rule(rules, target);
    const auto table = std::ranges::find(tables, target, &TableFacts::relation);
    if (from == nullptr || table == tables.end()) continue;
    if (into != nullptr) {
      const RulePlace* into_place = find_place(places, target);
      move.merged = merge(*into, into_place, *from, place, *table);
      const bool is_noted = into_place != nullptr && into_place->is_same_table();
      if (move.stays && is_noted && move.merged->rule == into->rule) continue;  // done before
    }
    moves.push_back(std::move(move));
  }
  return moves;
}

const InstalledRule* find_rule(const std::vector<InstalledRule>& rules,
                               const std::string& relation) {
  const auto found = std::ranges::find_if(
      rules, [&](const InstalledRule& each) { return each.rule.relation() == relation; });
  return found == rules.end() ? nullptr : &*found;
}

const RulePlace* find_place(const std::vector<RulePlace>& places, const std::string& relation) {
  const auto found = std::ranges::find(places, relation, &RulePlace::relation);
  return found == places.end() ? nullptr : &*found;
}

}  // namespace pcx::audit
