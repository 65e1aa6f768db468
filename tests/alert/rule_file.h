// Rule files of tests, read.
#pragma once

#include <string>
#include <vector>

#include "alert/rule.h"

namespace pcx::alert {

inline std::vector<Rule> rules_of(const std::string& text) {
  std::vector<Rule> rules;
  read_rules(text, "r.yml", "UTC", rules);
  return rules;
}

// A file with one group and rule, `lines` being its keys but alert and expr, four blanks in.
inline std::string file_with(const std::string& lines) {
  return "groups:\n- name: practice\n  rules:\n  - alert: LowStock\n    expr: stock > 10\n" + lines;
}

inline Rule rule_with(const std::string& lines) { return rules_of(file_with(lines)).at(0); }

}  // namespace pcx::alert
