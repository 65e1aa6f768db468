#include "audit/leaf_finder.h"

#include <algorithm>
#include <cstring>

namespace pcx::audit {

namespace {

// Looking through that many leaves costs less than asking for a batch.
constexpr std::uint64_t kLookFirst = 4096;

}  // namespace

std::optional<std::uint64_t> LeafFinder::scan(const Hash& leaf, std::uint64_t begin,
                                              std::uint64_t end) {
  while (begin < end) {
    const std::uint64_t number = begin / kTileWidth;
    const auto id = tile_at(0, number, tiles_.size());
    if (!id) return std::nullopt;
    const std::string_view hashes = tiles_.tile(*id);
    const std::uint64_t tile_end = std::min(end, (number + 1) * kTileWidth);
    for (; begin < tile_end; ++begin) {
      const char* const hash = hashes.data() + begin % kTileWidth * leaf.size();
      if (std::memcmp(hash, leaf.data(), leaf.size()) == 0) return begin;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> LeafFinder::find(const Hash& leaf, std::uint64_t from,
                                              const Position& position) {
  const std::uint64_t near = std::min(tiles_.size(), from + kLookFirst);
  if (const auto index = scan(leaf, from, near)) return index;
  const auto batch = find_batch_(position, from);
  if (!batch) return std::nullopt;
  return scan(leaf, std::max(from, batch->begin), std::min(batch->end, tiles_.size()));
}

}  // namespace pcx::audit
