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

const RulePlace* find_place(const std::vector<RulePlace>& places, const std::string& relation) {
  const auto found = std::ranges::find(places, relation, &RulePlace::relation);
  return found == places.end() ? nullptr : &*found;
}

}  // namespace pcx::audit
