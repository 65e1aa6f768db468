// The statement that asks for many definitions at once: every source is read once, whatever the
// number of its KPIs, and windows. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "db/query.h"
#include "kpi/definition.h"
#include "kpi/window.h"

namespace pcx::kpi {

// Which definitions (places in Catalog::definitions), in the order of the catalog. Those of one
// source stand side by side in its answer.
using Selection = std::vector<std::size_t>;

// One SELECT. Its rows: source (place in the catalog), n (NULL of states), tenant (NULL: none),
// part (0: all rows; else the column number of parts_of(), from 1), label, and an array of texts
// with value and sample of each selected definition of that source, in order: numerics, rounded to
// the digits of their kinds; empty: there is none. Groups without rows are not there.
//
// REQUIRES: `selection` is not empty
db::Query compose_question(const Catalog& catalog, const Selection& selection, const Span& span,
                           const Scope& scope);

// The different columns by which the selected definitions of a source are parted, in order.
std::vector<std::string> parts_of(const Catalog& catalog, const Selection& selection,
                                  std::size_t source);

// The sources that a selection needs, with those that they need, in the order of the catalog.
std::vector<std::size_t> sources_of(const Catalog& catalog, const Selection& selection);

}  // namespace pcx::kpi
