// Which leaf of its tree a row of the ledger is.
#pragma once

#include <cstdint>
#include <optional>

#include "audit/leaf.h"
#include "audit/seal_point.h"
#include "db/database.h"

namespace pcx::audit {

struct LeafIndex {
  std::int32_t epoch = 0;
  std::uint64_t index = 0;
  bool is_exact = true;  // otherwise counted: the tree has another leaf there
};

// Looks for the leaf among those that its checkpoint added; where it is not one of them, the rows
// before it are counted. std::nullopt: it is not sealed yet.
std::optional<LeafIndex> find_leaf_index(db::Transaction& tx, const Position& position,
                                         const Hash& leaf);

}  // namespace pcx::audit
