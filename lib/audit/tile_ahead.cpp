#include "audit/tile_ahead.h"

#include "db/binary_copy.h"

namespace pcx::audit {

namespace {

constexpr std::uint64_t kAhead = 64;  // tiles: half a MiB

}  // namespace

void TilesAhead::read(int level, std::uint64_t first, std::uint64_t count) {
  db::Query query{"audit.read_tiles"};
  query.sql("SELECT t.hashes FROM pcx.tile AS t WHERE t.epoch = ").number(epoch_);
  query.sql(" AND t.level = ").number(level);
  query.sql(" AND t.number >= ").number(static_cast<std::int64_t>(first));
  query.sql(" AND t.number < ").number(static_cast<std::int64_t>(first + count));
  query.sql(" ORDER BY t.number");
  tiles_.clear();
  first_ = first;
  db::copy_out_binary(tx_, query,
                      [this](db::BinaryRow row) { tiles_.emplace_back(db::binary_text(row[0])); });
}

std::optional<std::string> TilesAhead::fetch(const TileId& tile) {
  if (tile.level > 0) {
    std::vector<std::string> kept = std::move(tiles_);
    const std::uint64_t kept_first = first_;
    read(tile.level, tile.index, 1);
    std::vector<std::string> found = std::exchange(tiles_, std::move(kept));
    first_ = kept_first;
    return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
  }
  if (tile.index < first_ || tile.index >= first_ + tiles_.size()) read(0, tile.index, kAhead);
  if (tiles_.empty()) return std::nullopt;
  return tiles_[tile.index - first_];
}

}  // namespace pcx::audit
