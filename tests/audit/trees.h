// Trees as RFC 6962 defines them, recursively, beside which those of lib/audit are held.
#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/tile.h"
#include "crypto/encoding.h"

namespace pcx::audit {

// Section 2.1.
inline Hash defined_root(std::span<const Hash> leaves, TreeHasher& hasher) {
  if (leaves.empty()) return crypto::sha256("");
  if (leaves.size() == 1) return leaves.front();
  const std::size_t split = std::bit_floor(leaves.size() - 1);
  return hasher.node(defined_root(leaves.first(split), hasher),
                     defined_root(leaves.subspan(split), hasher));
}

// `count` leaves: the hashes of their numbers, in decimal.
inline std::vector<Hash> numbered_leaves(std::size_t count) {
  TreeHasher hasher;
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    leaves.push_back(hasher.leaf(crypto::bytes_of(number)));
  }
  return leaves;
}

// Every complete subtree of some leaves.
class LeafTree final : public HashSource {
 public:
  explicit LeafTree(const std::vector<Hash>& leaves) : levels_{leaves} {
    TreeHasher hasher;
    while (levels_.back().size() > 1) {
      std::vector<Hash> above;
      const std::vector<Hash>& below = levels_.back();
      for (std::size_t i = 0; i + 1 < below.size(); i += 2) {
        above.push_back(hasher.node(below[i], below[i + 1]));
      }
      levels_.push_back(std::move(above));
    }
  }

  Hash hash(const NodeId& node) override {
    return levels_.at(static_cast<std::size_t>(node.level)).at(node.index);
  }
  const std::vector<Hash>& leaves() const { return levels_.front(); }
  std::span<const Hash> first(std::size_t count) const {
    return std::span{levels_.front()}.first(count);
  }

 private:
  std::vector<std::vector<Hash>> levels_;
};

// Tiles by their paths.
class TileStore {
 public:
  FetchTile fetch() {
    return [this](const TileId& tile) -> std::optional<std::string> {
      ++fetched;
      const auto found = tiles.find(tile_path(tile));
      if (found == tiles.end()) return std::nullopt;
      return found->second;
    };
  }
  PutTile put() {
    return [this](const TileId& tile, std::string_view hashes) {
      ++puts;
      tiles[tile_path(tile)] = hashes;
    };
  }

  std::map<std::string, std::string> tiles;
  int fetched = 0;
  int puts = 0;
};

inline Hash with_flipped_bit(Hash hash, std::size_t bit) {
  hash[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
  return hash;
}

}  // namespace pcx::audit
