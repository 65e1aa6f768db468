// What is asked of the database in one statement: windows of time, whose rows, and which
// definitions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kpi/day.h"

namespace pcx::kpi {

// A part of a day: of a day that is not over, and of the days that it is compared with, as much of
// it as has passed.
struct Window {
  Day day;
  Time until;          // day.from <= until <= day.to
  bool asked = false;  // false: it is only compared with
};

// Whose rows count. Tenants with one time zone are asked for together.
struct Scope {
  std::vector<std::string> tenants;  // ids
  // Also rows of no tenant, and those of tenants that are not in `others`.
  bool has_rest = false;
  std::vector<std::string> others;  // ids of tenants that are asked for elsewhere, or not at all
};

struct Span {
  std::vector<Window> windows;  // by time, not overlapping; at least one
  bool is_partial = false;      // of days that are not over, see Window
  Time now;
};

}  // namespace pcx::kpi
