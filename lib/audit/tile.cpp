#include "audit/tile.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kPathStart = "tile/";
constexpr std::uint64_t kPathBase = 1000;
constexpr std::uint64_t kFullWidth = kTileWidth;

// The hashes that a tree has at a level of its tiles.
std::uint64_t hashes_at(int level, std::uint64_t size) { return size >> (kTileHeight * level); }

Hash hash_at(std::string_view hashes, std::size_t place) {
  Hash hash;
  std::memcpy(hash.data(), hashes.substr(place * hash.size(), hash.size()).data(), hash.size());
  return hash;
}

// The root of 2^n hashes.
Hash fold(std::string_view hashes, TreeHasher& hasher) {
  if (hashes.size() == crypto::kSha256Bytes) return hash_at(hashes, 0);
  const std::size_t half = hashes.size() / 2;
  return hasher.node(fold(hashes.substr(0, half), hasher), fold(hashes.substr(half), hasher));
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits at the front of `text`: 1 to `most` of them, no more than `number` can hold.
std::optional<std::uint64_t> take_number(std::string_view& text, std::size_t most) {
  std::size_t count = 0;
  std::uint64_t number = 0;
  for (; count < text.size() && count < most && is_digit(text[count]); ++count) {
    number = number * 10 + static_cast<std::uint64_t>(text[count] - '0');
  }
  text.remove_prefix(count);
  return count == 0 ? std::nullopt : std::optional{number};
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

// "x001/x234/067": what is read is compared with how it is written, so only numbers matter here,
// and not whether this one is too large.
std::optional<std::uint64_t> take_index(std::string_view& text) {
  std::uint64_t index = 0;
  while (true) {
    const bool is_last = !take(text, "x");
    const auto digits = take_number(text, 3);
    if (!digits) return std::nullopt;
    index = index * kPathBase + *digits;
    if (is_last) return index;
    if (!take(text, "/")) return std::nullopt;
  }
}

bool can_be(const TileId& tile) {
  const std::uint64_t most = hashes_at(tile.level, kTreeSizeMax);
  return tile.index <= most / kFullWidth &&
         tile.index * kFullWidth + static_cast<std::uint64_t>(tile.width) <= most;
}

Error no_tile(const TileId& tile, const char* what, const char* reason) {
  return Error{ErrorCode::data, fmt::format("{} {}", tile_path(tile), what)}.because(reason);
}

}  // namespace

std::string tile_path(const TileId& tile) {
  std::string number = fmt::format("{:03}", tile.index % kPathBase);
  for (std::uint64_t rest = tile.index / kPathBase; rest != 0; rest /= kPathBase) {
    number = fmt::format("x{:03}/{}", rest % kPathBase, number);
  }
  const std::string suffix = tile.width == kTileWidth ? "" : fmt::format(".p/{}", tile.width);
  return fmt::format("{}{}/{}{}", kPathStart, tile.level, number, suffix);
}

std::optional<TileId> parse_tile_path(std::string_view path) noexcept {
  std::string_view rest = path;
  if (!take(rest, kPathStart)) return std::nullopt;
  const auto level = take_number(rest, 1);
  if (!level || *level >= kTileLevels || !take(rest, "/")) return std::nullopt;
  const auto index = take_index(rest);
  if (!index) return std::nullopt;
  TileId tile{static_cast<int>(*level), *index, kTileWidth};
  if (take(rest, ".p/")) {
    const auto width = take_number(rest, 3);
    if (!width || *width == 0 || *width >= kFullWidth) return std::nullopt;
    tile.width = static_cast<int>(*width);
  }
  if (!rest.empty() || !can_be(tile) || tile_path(tile) != path) return std::nullopt;
  return tile;
}

std::optional<TileId> tile_at(int level, std::uint64_t index, std::uint64_t size) noexcept {
  const std::uint64_t hashes = level < kTileLevels ? hashes_at(level, size) : 0;
  if (index > hashes / kFullWidth || index * kFullWidth == hashes) return std::nullopt;
  const std::uint64_t width = std::min(hashes - index * kFullWidth, kFullWidth);
  return TileId{level, index, static_cast<int>(width)};
}

std::vector<TileId> new_tiles(std::uint64_t old_size, std::uint64_t size) {
  std::vector<TileId> tiles;
  for (int level = 0; level < kTileLevels; ++level) {
    if (hashes_at(level, old_size) >= hashes_at(level, size)) break;
    std::uint64_t index = hashes_at(level, old_size) / kFullWidth;
    for (; const auto tile = tile_at(level, index, size); ++index) tiles.push_back(*tile);
  }
  return tiles;
}

TileReader::TileReader(std::uint64_t size, FetchTile fetch, TreeHasher& hasher)
    : size_(size), fetch_(std::move(fetch)), hasher_(hasher) {
  if (size <= kTreeSizeMax) return;
  throw Error{ErrorCode::data, fmt::format("a tree has no more than {} leaves", kTreeSizeMax)};
}

Hash TileReader::hash(const NodeId& node) {
  if (static_cast<std::size_t>(node.level) >= kTreeLevels || node.index >= size_ >> node.level) {
    throw Error{ErrorCode::data, fmt::format("a tree of {} leaves has no complete subtree {} of "
                                             "level {}",
                                             size_, node.index, node.level)};
  }
  const int level = node.level / kTileHeight;
  const int height = node.level % kTileHeight;  // within the tile
  const std::uint64_t first = node.index << height;
  const auto id = tile_at(level, first / kFullWidth, size_);
  constexpr std::size_t kBytes = crypto::kSha256Bytes;
  return fold(tile(id.value()).substr(first % kFullWidth * kBytes, kBytes << height), hasher_);
}

std::string_view TileReader::tile(const TileId& tile) {
  Kept& kept = kept_.at(static_cast<std::size_t>(tile.level));
  if (kept.id == tile) return kept.hashes;
  kept.id.width = 0;
  auto hashes = fetch_(tile);
  if (!hashes) throw no_tile(tile, "is missing", "missing");
  const std::size_t wanted = static_cast<std::size_t>(tile.width) * crypto::kSha256Bytes;
  if (hashes->size() < wanted || hashes->size() > kTileBytes ||
      hashes->size() % crypto::kSha256Bytes != 0) {
    throw no_tile(tile, fmt::format("has {} bytes", hashes->size()).c_str(), "malformed");
  }
  hashes->resize(wanted);
  kept = {tile, std::move(*hashes)};
  return kept.hashes;
}

TileWriter::TileWriter(const TreeHead& tree, FetchTile fetch, PutTile put, TreeHasher& hasher)
    : put_(std::move(put)), hasher_(hasher) {
  TileReader reader{tree.size, std::move(fetch), hasher};
  frontier_ = Frontier{tree.size, reader};
  if (head() != tree) {
    throw Error{ErrorCode::critical,
                fmt::format("the tiles of {} leaves do not give their root", tree.size)}
        .because("tiles_altered");
  }
  for (int level = 0; level < kTileLevels; ++level) {
    const auto id = tile_at(level, hashes_at(level, tree.size) / kFullWidth, tree.size);
    if (!id) continue;
    Edge& edge = edges_.at(static_cast<std::size_t>(level));
    edge.hashes = reader.tile(*id);
    edge.written = edge.hashes.size();
  }
}

void TileWriter::append(const Hash& leaf) {
  frontier_.append(leaf, hasher_, [this](const NodeId& node, const Hash& hash) {
    if (node.level % kTileHeight == 0) add(node, hash);
  });
}

void TileWriter::add(const NodeId& node, const Hash& hash) {
  const int level = node.level / kTileHeight;
  Edge& edge = edges_.at(static_cast<std::size_t>(level));
  edge.hashes.append(crypto::text_of(hash));
  if (edge.hashes.size() < kTileBytes) return;
  put_({level, node.index / kFullWidth, kTileWidth}, edge.hashes);
  edge.hashes.clear();
  edge.written = 0;
}

void TileWriter::write_edge() {
  for (int level = 0; level < kTileLevels; ++level) {
    Edge& edge = edges_.at(static_cast<std::size_t>(level));
    if (edge.hashes.size() == edge.written) continue;
    const std::uint64_t index = hashes_at(level, size()) / kFullWidth;
    put_(tile_at(level, index, size()).value(), edge.hashes);
    edge.written = edge.hashes.size();
  }
}

}  // namespace pcx::audit
