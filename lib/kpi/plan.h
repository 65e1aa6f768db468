// How the server answers the question of one definition, and which of its scans an index would
// save.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "kpi/question.h"
#include "kpi/snapshot.h"

namespace pcx::kpi {

// A table that is read as a whole.
struct WholeScan {
  std::string table;
  std::int64_t rows = 0;  // that were read, kept or not
  std::chrono::microseconds time{0};
};

struct Plan {
  std::string text;  // EXPLAIN (ANALYZE, BUFFERS), a line a row
  std::vector<WholeScan> whole_scans;
  std::chrono::microseconds time{0};  // planning and execution
};

// Runs the question twice. Throws what the server says to it.
Plan explain(Snapshot& snapshot, const Catalog& catalog, const Selection& selection,
             const Span& span, const Scope& scope);

// Whether the server understands the question, which is not run: why not; std::nullopt when it
// does.
std::optional<std::string> find_fault(Snapshot& snapshot, const Catalog& catalog,
                                      const Selection& selection, const Span& span,
                                      const Scope& scope);

// What EXPLAIN (ANALYZE, FORMAT JSON) said. Throws Error{data} for anything else. Pure.
Plan parse_plan(std::string_view json);

}  // namespace pcx::kpi
