// What somebody does to a sealed trail who is a superuser of the database, and cannot sign.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/trail/trail.h"

namespace pcx::audit {

// What must be found: one of the classes, at the leaf.
struct Expected {
  std::set<std::string> classes;
  std::optional<std::int64_t> index;
  bool is_exact = true;
  bool is_loud = false;  // triggers stood still meanwhile, which is found, too
};

// Runs SQL past all triggers, in one transaction, and leaves no trace of how.
void run_unseen(db::Database& database, const std::string& deed);

struct AttackKind {
  const char* name;
  Expected (*run)(Trail& trail, Random& random);
};

const std::vector<AttackKind>& attack_kinds();

}  // namespace pcx::audit
