#include "audit/tile_store.h"

#include <algorithm>
#include <cstring>

#include "audit/sql.h"
#include "core/error.h"
#include "crypto/encoding.h"
#include "db/binary_copy.h"

namespace pcx::audit {

FetchTile tiles_of(db::Transaction& tx, std::int32_t epoch) {
  return [&tx, epoch](const TileId& tile) -> std::optional<std::string> {
    const db::Result rows =
        tx.query(sql::find_tile, {epoch, tile.level, static_cast<std::int64_t>(tile.index)});
    if (rows.empty()) return std::nullopt;
    return crypto::from_hex(rows[0]["hashes"].as<std::string_view>());
  };
}

void TileBuffer::put(const TileId& tile, std::string_view hashes) {
  levels_.push_back(std::to_string(tile.level));
  numbers_.push_back(std::to_string(tile.index));
  hashes_.push_back(crypto::to_hex(crypto::bytes_of(hashes)));
}

void TileBuffer::write(db::Transaction& tx, std::int32_t epoch) {
  if (levels_.empty()) return;
  tx.query(sql::put_tiles, {epoch, levels_, numbers_, hashes_});
  *this = {};
}

std::vector<Hash> leaves_in_tiles(db::Transaction& tx, std::int32_t epoch, std::uint64_t first,
                                  std::uint64_t end) {
  std::vector<Hash> leaves;
  if (first >= end) return leaves;
  leaves.reserve(end - first);
  const auto number_of = [](std::uint64_t index) {
    return static_cast<std::int64_t>(index / kTileWidth);
  };
  db::Query query{"audit.leaves_in_tiles"};
  query.sql("SELECT number, hashes FROM pcx.tile WHERE epoch = ").number(epoch);
  query.sql(" AND level = 0 AND number BETWEEN ").number(number_of(first));
  query.sql(" AND ").number(number_of(end - 1)).sql(" ORDER BY number");
  db::copy_out_binary(tx, query, [&](db::BinaryRow row) {
    const auto number = static_cast<std::uint64_t>(db::binary_int8(row[0]));
    const std::string_view hashes = db::binary_text(row[1]);
    const std::uint64_t next = first + leaves.size();
    if (number != next / kTileWidth) return;  // one is missing before it
    const std::uint64_t skip = next % kTileWidth;
    const std::uint64_t held = std::min<std::uint64_t>(hashes.size() / sizeof(Hash), kTileWidth);
    const std::uint64_t wanted = std::min(held, end - number * kTileWidth);
    for (std::uint64_t i = skip; i < wanted; ++i) {
      std::memcpy(leaves.emplace_back().data(), hashes.data() + i * sizeof(Hash), sizeof(Hash));
    }
  });
  return leaves;
}

}  // namespace pcx::audit
