// Tiles out of the database for who reads leaves from left to right: those of level 0 come many at
// a time, before they are asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/tile.h"
#include "db/database.h"

namespace pcx::audit {

// For FetchTile (by reference). Throws as Transaction::query().
class TilesAhead {
 public:
  // `tx` must outlive it.
  TilesAhead(db::Transaction& tx, int epoch) : tx_(tx), epoch_(epoch) {}

  std::optional<std::string> fetch(const TileId& tile);

 private:
  void read(int level, std::uint64_t first, std::uint64_t count);

  db::Transaction& tx_;
  int epoch_;
  std::uint64_t first_ = 0;
  std::vector<std::string> tiles_;  // of level 0, from first_ on; the others are not kept
};

}  // namespace pcx::audit
