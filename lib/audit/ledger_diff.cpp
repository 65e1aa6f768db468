#include "audit/ledger_diff.h"

#include <cstring>
#include <unordered_map>

namespace pcx::audit {

namespace {

struct LeafHash {
  std::size_t operator()(const Hash& hash) const noexcept {
    std::size_t number = 0;
    std::memcpy(&number, hash.data(), sizeof(number));
    return number;
  }
};

using Counts = std::unordered_map<Hash, std::int64_t, LeafHash>;

bool take(Counts& counts, const Hash& leaf) {
  const auto found = counts.find(leaf);
  if (found == counts.end() || found->second == 0) return false;
  --found->second;
  return true;
}

}  // namespace

std::optional<std::uint64_t> compare_leaves(std::int32_t epoch, std::uint64_t first,
                                            std::span<const Hash> sealed,
                                            std::span<const LedgerLeaf> ledger,
                                            LedgerDifference& difference) {
  Counts of_ledger;
  Counts of_sealed;
  for (const LedgerLeaf& row : ledger) ++of_ledger[row.leaf];
  for (const Hash& leaf : sealed) ++of_sealed[leaf];
  std::vector<std::uint64_t> kept;  // indexes of sealed leaves that the ledger has, in their order
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    if (take(of_ledger, sealed[i])) {
      kept.push_back(i);
    } else {
      difference.lost.push_back({epoch, first + i, sealed[i]});
    }
  }
  std::size_t common = 0;
  std::uint64_t next = 0;  // where an extra row would be
  for (const LedgerLeaf& row : ledger) {
    if (!take(of_sealed, row.leaf)) {
      difference.extra.push_back({epoch, first + next++, row});
      continue;
    }
    const std::uint64_t index = kept[common++];
    if (sealed[index] != row.leaf) difference.moved.push_back({epoch, first + index, row});
    next = index + 1;
  }
  if (kept.empty()) return std::nullopt;
  return first + kept.back();
}

}  // namespace pcx::audit
