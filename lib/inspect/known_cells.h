// Columns without the cells that are registered: what is left has to be looked at. Pure.
#pragma once

#include <string>
#include <vector>

#include "db/query.h"
#include "inspect/relations.h"
#include "rotate/target.h"

namespace pcx::inspect {

using Cells = std::vector<const rotate::Cell*>;

// Those of a column.
Cells cells_of(const std::vector<rotate::Cell>& known, const TextColumn& column);

// "true", or for a copy whether the row is one that has a value.
void add_matches(db::Query& query, const rotate::Cell& cell);
// The text of a cell: of the column, or of a member of it.
void add_cell_text(db::Query& query, const rotate::Cell& cell);

// The column of `t`, as add_text_of() does, without these cells of it.
void add_unknown_text(db::Query& query, const TextColumn& column, const Cells& cells);
// The same as jsonb. REQUIRES: the column holds json or jsonb
void add_unknown_json(db::Query& query, const TextColumn& column, const Cells& cells);

}  // namespace pcx::inspect
