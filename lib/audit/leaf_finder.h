// Where in its tree a row is: leaves stand in the order of the trail, so its leaf is behind that of
// the row before it. What stands between are rows that were not asked for, or that have left the
// trail.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "audit/tile.h"
#include "audit/trail_event.h"

namespace pcx::audit {

// Leaves [begin, end) of a tree that one checkpoint added.
struct LeafBatch {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

class LeafFinder {
 public:
  // Which batch the row at a position is in, not before `from`; std::nullopt: in none.
  using FindBatch =
      std::function<std::optional<LeafBatch>(const Position& position, std::uint64_t from)>;

  // `tiles` must outlive the finder.
  LeafFinder(TileReader& tiles, FindBatch find_batch)
      : tiles_(tiles), find_batch_(std::move(find_batch)) {}

  // The index of `leaf`, at `from` or behind it; std::nullopt: the tree has no such leaf where a
  // row at that position would have it. Throws as TileReader.
  std::optional<std::uint64_t> find(const Hash& leaf, std::uint64_t from, const Position& position);

 private:
  std::optional<std::uint64_t> scan(const Hash& leaf, std::uint64_t begin, std::uint64_t end);

  TileReader& tiles_;
  FindBatch find_batch_;
};

}  // namespace pcx::audit
