// Paths of tiles: whatever is taken is written as it was read, and is a tile of some tree.
#include "audit/tile.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pcx::audit;
  using pcx::fuzz::promise;
  const std::string_view path = pcx::fuzz::text_of(data, size);
  if (const auto tile = parse_tile_path(path)) {
    promise(tile_path(*tile) == path, "a tile has one path");
    const std::uint64_t hashes = tile->index * kTileWidth + static_cast<std::uint64_t>(tile->width);
    const std::uint64_t leaves = hashes << kTileHeight * tile->level;
    promise(leaves <= kTreeSizeMax && leaves >> kTileHeight * tile->level == hashes,
            "no tree is above the limit");
    promise(tile_at(tile->level, tile->index, leaves) == tile, "a tree has this tile");
  }
  return 0;
}
