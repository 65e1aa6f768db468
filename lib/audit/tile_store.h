// Tiles in the database (table pcx.tile).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/tile.h"
#include "db/database.h"

namespace pcx::audit {

// The hashes of a tile, of whatever width it has there; for FetchTile. `tx` outlives the function.
FetchTile tiles_of(db::Transaction& tx, std::int32_t epoch);

// Gathers tiles, so that they are written in one statement; for PutTile. REQUIRES: each comes once
// between two write()s
class TileBuffer {
 public:
  void put(const TileId& tile, std::string_view hashes);
  void write(db::Transaction& tx, std::int32_t epoch);

 private:
  std::vector<std::string> levels_;
  std::vector<std::string> numbers_;
  std::vector<std::string> hashes_;
};

// The leaves `first` to `end` - 1 as the tiles of level 0 have them; fewer where tiles are missing
// or too narrow, from the first that is not there on.
std::vector<Hash> leaves_in_tiles(db::Transaction& tx, std::int32_t epoch, std::uint64_t first,
                                  std::uint64_t end);

}  // namespace pcx::audit
