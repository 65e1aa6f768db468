// The tree of a trail in tiles, as C2SP's tlog-tiles has them (c2sp.org/tlog-tiles): a tile is up
// to 256 neighbouring hashes of one level, 32 bytes each. At level 0 they are leaves; at level l
// each is the root of a full tile of level l - 1, so of 256^l leaves. Full tiles never change; at
// the right edge of each level there is at most one partial tile, which the full one begins with.
//
// Pure: where tiles are kept is for others to say.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/merkle.h"

namespace pcx::audit {

inline constexpr int kTileHeight = 8;
inline constexpr int kTileWidth = 1 << kTileHeight;  // hashes of a full tile
inline constexpr std::size_t kTileBytes = kTileWidth * crypto::kSha256Bytes;
inline constexpr int kTileLevels = 8;  // of a tree of kTreeSizeMax leaves

struct TileId {
  int level = 0;
  std::uint64_t index = 0;
  int width = kTileWidth;  // hashes: 1 to 256
  bool operator==(const TileId&) const = default;
};

// "tile/0/x001/x234/067", "tile/1/000.p/17".
std::string tile_path(const TileId& tile);

// std::nullopt for everything but the one path of a tile that a tree of at most kTreeSizeMax leaves
// may have.
std::optional<TileId> parse_tile_path(std::string_view path) noexcept;

// The tile at a place in the tree of `size` leaves, full or partial; std::nullopt when it is beyond
// the right edge.
std::optional<TileId> tile_at(int level, std::uint64_t index, std::uint64_t size) noexcept;

// The tiles of the tree of `size` leaves that the tree of `old_size` does not have, or has
// narrower: level by level, from left to right. None when old_size >= size.
std::vector<TileId> new_tiles(std::uint64_t old_size, std::uint64_t size);

// Gives the hashes of a tile, one after the other: at least as many as its width; what a wider tile
// has behind them is not looked at. std::nullopt when there is no such tile.
using FetchTile = std::function<std::optional<std::string>(const TileId&)>;

// The hashes of a tree out of its tiles. Nothing is verified: compare a root with one that is
// signed, or check the proof that was made. Keeps the last tile of each level in memory.
class TileReader final : public HashSource {
 public:
  // Throws Error{data} above kTreeSizeMax. `hasher` must outlive the reader.
  TileReader(std::uint64_t size, FetchTile fetch, TreeHasher& hasher);

  std::uint64_t size() const { return size_; }
  // Throws Error{data}: "missing" or "malformed" (its reasons) when the tile cannot be had, and
  // when the subtree is not complete in this tree; what `fetch` throws.
  Hash hash(const NodeId& node) override;
  // The hashes of a tile, in as many bytes as its width says. Throws as hash().
  std::string_view tile(const TileId& tile);

 private:
  struct Kept {
    TileId id{.width = 0};
    std::string hashes;
  };

  std::uint64_t size_;
  FetchTile fetch_;
  TreeHasher& hasher_;
  std::array<Kept, kTileLevels> kept_;
};

// Takes the tiles that a growing tree has. Each is handed over at least once with each width that
// write_edge() finds it in, and the full one once.
using PutTile = std::function<void(const TileId&, std::string_view hashes)>;

// A tree that grows, and its tiles. After an exception (of `put`) the writer is of no more use.
class TileWriter {
 public:
  // `hasher` must outlive the writer.
  TileWriter(PutTile put, TreeHasher& hasher) : put_(std::move(put)), hasher_(hasher) {}
  // Goes on where `tree` ends, of which the tiles at the right edge are read. Throws
  // Error{critical}
  // ("tiles_altered") when they do not give its root, and as TileReader.
  TileWriter(const TreeHead& tree, FetchTile fetch, PutTile put, TreeHasher& hasher);

  // Hands over each tile that becomes full. REQUIRES: size() < kTreeSizeMax
  void append(const Hash& leaf);
  // Hands over the partial tiles at the right edge that have grown since the last time: now the
  // tree of size() leaves can be read.
  void write_edge();

  std::uint64_t size() const { return frontier_.size(); }
  TreeHead head() const { return {frontier_.size(), frontier_.root(hasher_)}; }

 private:
  struct Edge {
    std::string hashes;         // of the partial tile
    std::uint64_t written = 0;  // how many bytes of them were handed over
  };

  void add(const NodeId& node, const Hash& hash);

  PutTile put_;
  TreeHasher& hasher_;
  Frontier frontier_;
  std::array<Edge, kTileLevels> edges_;
};

}  // namespace pcx::audit
