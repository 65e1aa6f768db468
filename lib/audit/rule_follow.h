// A rule names columns; DDL renames and drops them. What of a rule does not fit its table any more,
// and the rule that fits. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/catalog.h"

namespace pcx::audit {

// For people: what does not fit, a phrase each, "notes is remarks now". Empty: it fits.
struct RuleFit {
  InstalledRule rule;                // that fits, but for what is `unknown`
  std::vector<std::string> differs;  // phrases
  std::vector<std::string> unknown;  // columns that may have been dropped or renamed: the catalog
                                     // was restored since, so nobody knows
  bool is_fit() const { return differs.empty(); }
};

// Nothing that was kept out is let in: a column that has its old name stays kept out, also when it
// is another one by now, and so is what it was renamed to. Of the primary key only that its columns
// are there: what it is now, `table` says. `place`: nullptr without one.
RuleFit fit_rule(const InstalledRule& installed, const RulePlace* place, const TableFacts& table);

// Of a rule whose table is not there under its name any more.
struct RuleMove {
  std::string relation;
  std::optional<RelationName> now = std::nullopt;  // it goes on there; std::nullopt: it is over
  bool stays = false;  // another table has its name by now: the rule is that one's, too
  // The rule of `now`, where that had one: both tables' columns are kept out.
  std::optional<InstalledRule> merged = std::nullopt;
};
// `tables`: those where rules go on, at least.
std::vector<RuleMove> find_moves(const std::vector<InstalledRule>& rules,
                                 const std::vector<RulePlace>& places,
                                 const std::vector<TableFacts>& tables);

const InstalledRule* find_rule(const std::vector<InstalledRule>& rules,
                               const std::string& relation);
const RulePlace* find_place(const std::vector<RulePlace>& places, const std::string& relation);

}  // namespace pcx::audit
