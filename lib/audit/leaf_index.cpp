#include "audit/leaf_index.h"

#include <algorithm>

#include "audit/sql.h"
#include "audit/tile_store.h"

namespace pcx::audit {

std::optional<LeafIndex> find_leaf_index(db::Transaction& tx, const Position& position,
                                         const Hash& leaf) {
  const db::Result rows = tx.query(sql::find_sealing_batch,
                                   {position.segment, std::to_string(position.xid), position.seq});
  if (rows.empty()) return std::nullopt;
  const db::Row row = rows.one();
  const auto number = [&](const char* name) {
    return static_cast<std::uint64_t>(row[name].as<std::int64_t>());
  };
  const std::int32_t epoch = row["epoch"].as<int>();
  const std::uint64_t first = number("first_size");
  const auto leaves = leaves_in_tiles(tx, epoch, first, number("size"));
  const std::uint64_t counted = std::min(number("before"), number("size") - first);
  if (counted < leaves.size() && leaves[counted] == leaf) return LeafIndex{epoch, first + counted};
  const auto found = std::ranges::find(leaves, leaf);
  if (found == leaves.end()) return LeafIndex{epoch, first + counted, false};
  return LeafIndex{epoch, first + static_cast<std::uint64_t>(found - leaves.begin())};
}

}  // namespace pcx::audit
