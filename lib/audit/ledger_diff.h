// What differs between the leaves that were sealed and those that the ledger has in their place.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audit/leaf.h"
#include "audit/seal_point.h"

namespace pcx::audit {

struct LedgerLeaf {
  Position position;
  LeafSource source = LeafSource::change;
  Hash leaf{};
};

struct LostLeaf {  // sealed, and not in the ledger
  std::int32_t epoch = 0;
  std::uint64_t index = 0;
  Hash leaf{};
};

struct ExtraLeaf {  // in the ledger, and not sealed
  std::int32_t epoch = 0;
  std::uint64_t index = 0;  // where it would be
  LedgerLeaf row;
};

struct MovedLeaf {  // both, and elsewhere
  std::int32_t epoch = 0;
  std::uint64_t index = 0;
  LedgerLeaf row;  // what the ledger has there
};

struct LedgerDifference {
  std::vector<LostLeaf> lost;
  std::vector<ExtraLeaf> extra;
  std::vector<MovedLeaf> moved;

  bool empty() const { return lost.empty() && extra.empty() && moved.empty(); }
};

// Appends to `difference`. `first` is the index of sealed[0]. Returns the last index that the
// ledger has; std::nullopt: none of them.
std::optional<std::uint64_t> compare_leaves(std::int32_t epoch, std::uint64_t first,
                                            std::span<const Hash> sealed,
                                            std::span<const LedgerLeaf> ledger,
                                            LedgerDifference& difference);

}  // namespace pcx::audit
