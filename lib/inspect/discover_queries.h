// The statements of a discovery, composed for one table. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "db/query.h"
#include "inspect/known_cells.h"
#include "inspect/relations.h"

namespace pcx::inspect {

// Which rows: the same ones for the same seed, as long as nobody writes.
struct Sample {
  std::optional<double> percent;  // of the pages; std::nullopt: all
  std::int64_t seed = 0;
};

// One table with the registered cells of it.
struct Subject {
  const Relation& relation;
  std::vector<rotate::Cell> cells;
};

// Of each column the number of rows that may hold an encrypted value besides the cells; then of
// each column with a sensitive name those that are not encrypted (others 0), then of each cell
// those that are not.
db::Query overview_query(const Subject& subject, const Sample& sample);

// What these values are: path ('' for a column that is no JSON), name of the Mark, number of rows.
db::Query details_query(const Subject& subject, const TextColumn& column, const Sample& sample);

}  // namespace pcx::inspect
