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
};

struct AttackKind {
  const char* name;
  Expected (*run)(Trail& trail, Random& random);
};

const std::vector<AttackKind>& attack_kinds();

}  // namespace pcx::audit
