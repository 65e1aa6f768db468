#include "audit/tile.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/random.h"
#include "tests/audit/trees.h"
#include "tests/support/errors.h"

namespace pcx::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Path {
  TileId tile;
  const char* path;
};

// The first two are the examples of c2sp.org/tlog-tiles and of Go's sumdb/tlog.
constexpr Path kPaths[] = {
    {{0, 1234067, 256}, "tile/0/x001/x234/067"},
    {{4, 1234067, 1}, "tile/4/x001/x234/067.p/1"},
    {{0, 0, 256}, "tile/0/000"},
    {{0, 0, 255}, "tile/0/000.p/255"},
    {{1, 7, 17}, "tile/1/007.p/17"},
    {{0, 999, 256}, "tile/0/999"},
    {{0, 1000, 256}, "tile/0/x001/000"},
    {{0, 999999, 256}, "tile/0/x999/999"},
    {{0, 1000000, 256}, "tile/0/x001/x000/000"},
    {{0, 36028797018963966, 256}, "tile/0/x036/x028/x797/x018/x963/966"},
    {{0, 36028797018963967, 255}, "tile/0/x036/x028/x797/x018/x963/967.p/255"},
    {{6, 127, 255}, "tile/6/127.p/255"},
    {{7, 0, 127}, "tile/7/000.p/127"},
};

TEST(TilePath, IsWrittenAndRead) {
  for (const Path& known : kPaths) {
    EXPECT_EQ(tile_path(known.tile), known.path);
    EXPECT_EQ(parse_tile_path(known.path), known.tile) << known.path;
  }
}

TEST(TilePath, IsReadStrictly) {
  for (const char* path : {
           "", "tile", "tile/", "tile/0", "tile/0/", "tile//000", "/tile/0/000", "Tile/0/000",
           "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/000/", "tile/0/x000", "tile/0/x000/000",
           "tile/0/x001", "tile/0/x001/", "tile/0/001/000", "tile/0/x1/000", "tile/0/x0001/000",
           "tile/0/X001/000", "tile/0/x001/x000", "tile/0/x001//000", "tile/0/000.p",
           "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/1000",
           "tile/0/000.p/01", "tile/0/000.p/1/", "tile/0/000.p/1x", "tile/0/000.p/-1",
           "tile/0/000.p/+1", "tile/0/000.q/1", "tile/0/000.p/1.p/1", "tile/00/000", "tile/8/000",
           "tile/10/000", "tile/-1/000", "tile/+1/000", "tile/data/000", "tile/entries/000",
           "tile/8/0/000", "tile/0/ 00", "tile/0/00a", "tile/0/000 ", "tile/0/000\n",
           // Beyond the largest tree.
           "tile/0/x036/x028/x797/x018/x963/967", "tile/0/x036/x028/x797/x018/x963/968.p/1",
           "tile/6/127", "tile/7/000", "tile/7/000.p/128", "tile/7/001.p/1",
           "tile/0/x999/x999/x999/x999/x999/x999/999",
           "tile/0/x018/x446/x744/x073/x709/x551/616",  // 2^64
       }) {
    EXPECT_EQ(parse_tile_path(path), std::nullopt) << path;
  }
  EXPECT_EQ(parse_tile_path(std::string_view{"tile/0/000\0", 11}), std::nullopt);
}

// Every tile of a tree, by the definition: at each level a hash for each 256^level leaves.
std::vector<TileId> all_tiles(std::uint64_t size) {
  std::vector<TileId> tiles;
  for (int level = 0; size > 0; ++level, size /= 256) {
    for (std::uint64_t index = 0; index < size / 256; ++index) tiles.push_back({level, index, 256});
    const int rest = static_cast<int>(size % 256);
    if (rest != 0) tiles.push_back({level, size / 256, rest});
  }
  return tiles;
}

TEST(NewTiles, AreThoseOfOneTreeAndNotOfTheOther) {
  const std::uint64_t sizes[] = {0,   1,   2,     255,   256,   257,   511,   512,  513,
                                 600, 768, 65535, 65536, 65537, 65792, 70000, 70001};
  for (const std::uint64_t size : sizes) {
    const auto tiles = all_tiles(size);
    EXPECT_EQ(new_tiles(0, size), tiles) << size;
    for (const std::uint64_t old : sizes) {
      const auto old_tiles = all_tiles(old);
      std::vector<TileId> expected;
      std::ranges::copy_if(tiles, std::back_inserter(expected), [&](const TileId& tile) {
        return old < size && std::ranges::find(old_tiles, tile) == old_tiles.end();
      });
      EXPECT_EQ(new_tiles(old, size), expected) << old << ", " << size;
    }
  }
}

// The example of c2sp.org/tlog-tiles.
TEST(NewTiles, Of70000LeavesAreThoseOfTheSpecification) {
  const auto tiles = new_tiles(0, 70000);
  const auto count = [&](int level, int width) {
    return std::ranges::count_if(tiles,
                                 [&](auto& it) { return it.level == level && it.width == width; });
  };
  EXPECT_EQ(count(0, 256), 273);
  EXPECT_EQ(count(0, 112), 1);
  EXPECT_EQ(count(1, 256), 1);
  EXPECT_EQ(count(1, 17), 1);
  EXPECT_EQ(count(2, 1), 1);
  EXPECT_EQ(tiles.size(), 277u);
  EXPECT_THAT(new_tiles(0, 256), ElementsAre(TileId{0, 0, 256}, TileId{1, 0, 1}));
  EXPECT_THAT(new_tiles(kTreeSizeMax - 1, kTreeSizeMax),
              ElementsAre(TileId{0, kTreeSizeMax / 256, 255}));
}

TEST(TileAt, IsThePartialOneAtTheRightEdge) {
  EXPECT_EQ(tile_at(0, 0, 0), std::nullopt);
  EXPECT_EQ(tile_at(0, 0, 255), (TileId{0, 0, 255}));
  EXPECT_EQ(tile_at(0, 0, 300), (TileId{0, 0, 256}));
  EXPECT_EQ(tile_at(0, 1, 300), (TileId{0, 1, 44}));
  EXPECT_EQ(tile_at(0, 2, 300), std::nullopt);
  EXPECT_EQ(tile_at(0, 1, 256), std::nullopt);
  EXPECT_EQ(tile_at(1, 0, 300), (TileId{1, 0, 1}));
  EXPECT_EQ(tile_at(2, 0, 300), std::nullopt);
  EXPECT_EQ(tile_at(7, 0, kTreeSizeMax), (TileId{7, 0, 127}));
  EXPECT_EQ(tile_at(8, 0, kTreeSizeMax), std::nullopt);
}

class Tiles : public ::testing::Test {
 protected:
  static LeafTree& tree() {
    static LeafTree tree{numbered_leaves(70000)};
    return tree;
  }
  TreeHead head(std::size_t size) { return {size, root_of(size, tree(), hasher_)}; }
  static void append_to(TileWriter& writer, std::size_t size) {
    while (writer.size() < size) writer.append(tree().leaves()[writer.size()]);
  }
  TileStore written(std::size_t size) {
    TileStore store;
    TileWriter writer{store.put(), hasher_};
    append_to(writer, size);
    writer.write_edge();
    return store;
  }
  // As the definition has it.
  static std::string expected(const TileId& tile) {
    std::string hashes;
    for (int i = 0; i < tile.width; ++i) {
      const std::uint64_t place = tile.index * 256 + static_cast<std::uint64_t>(i);
      hashes += crypto::text_of(tree().hash({8 * tile.level, place}));
    }
    return hashes;
  }
  void expect_tiles(const TileStore& store, std::size_t size) {
    for (const TileId& tile : all_tiles(size)) {
      const auto found = store.tiles.find(tile_path(tile));
      ASSERT_NE(found, store.tiles.end()) << tile_path(tile);
      ASSERT_EQ(found->second, expected(tile)) << tile_path(tile);
    }
  }

  TreeHasher hasher_;
};

TEST_F(Tiles, AreWrittenAsTheirDefinitionSays) {
  for (const std::size_t size : {0, 1, 255, 256, 257, 300, 65535, 65536, 70000}) {
    const TileStore store = written(size);
    EXPECT_EQ(store.tiles.size(), all_tiles(size).size()) << size;
    EXPECT_EQ(store.puts, static_cast<int>(store.tiles.size())) << "each once";
    expect_tiles(store, size);
  }
}

TEST_F(Tiles, OfEverySizeCanBeReadAfterItsEdgeWasWritten) {
  TileStore store;
  TileWriter writer{store.put(), hasher_};
  SeededRandom random{1};
  for (std::size_t size = 0; size < 3000; size += 1 + random.below(90)) {
    append_to(writer, size);
    writer.write_edge();
    EXPECT_EQ(writer.head(), head(size));
    expect_tiles(store, size);
    TileReader reader{size, store.fetch(), hasher_};
    EXPECT_EQ(root_of(size, reader, hasher_), head(size).root) << size;
  }
}

TEST_F(Tiles, AreNotWrittenAgainWhenNothingWasAppended) {
  TileStore store;
  TileWriter writer{store.put(), hasher_};
  append_to(writer, 300);
  writer.write_edge();
  const int puts = store.puts;
  writer.write_edge();
  EXPECT_EQ(store.puts, puts);
  TileWriter again{head(300), store.fetch(), store.put(), hasher_};
  again.write_edge();
  EXPECT_EQ(store.puts, puts);
  again.append(tree().leaves()[300]);
  again.write_edge();
  EXPECT_EQ(store.puts, puts + 1) << "level 1 has not grown";
}

TEST_F(Tiles, OfTheNextPlaceAreWrittenWhenTheyAreAsWideAsTheLast) {
  TileStore store;
  TileWriter writer{store.put(), hasher_};
  for (const std::size_t size : {10, 266}) {
    append_to(writer, size);
    writer.write_edge();
    expect_tiles(store, size);
  }
}

TEST_F(Tiles, GoOnFromWhatWasWritten) {
  for (const std::size_t size : {0, 1, 2, 255, 256, 257, 511, 512, 1000, 65535, 65536, 65537}) {
    TileStore store = written(size);
    TileWriter writer{head(size), store.fetch(), store.put(), hasher_};
    EXPECT_EQ(writer.head(), head(size));
    append_to(writer, size + 300);
    writer.write_edge();
    EXPECT_EQ(writer.head(), head(size + 300)) << size;
    expect_tiles(store, size + 300);
  }
}

TEST_F(Tiles, AreNotGoneOnWithWhenAnyHashAtTheEdgeIsAnother) {
  constexpr std::size_t kSize = 65536 + 3 * 256 + 5;  // three levels with partial tiles
  const TileStore good = written(kSize);
  int altered = 0;
  for (const char* path : {"tile/0/259.p/5", "tile/1/001.p/3", "tile/2/000.p/1"}) {
    for (std::size_t at = 0; at < good.tiles.at(path).size(); ++at) {
      TileStore store = good;
      store.tiles[path][at] ^= 1;
      const Error error = testing::error_of([&] {
        TileWriter{head(kSize), store.fetch(), store.put(), hasher_};
      });
      ASSERT_EQ(error.code(), ErrorCode::critical);
      ASSERT_EQ(error.reason(), "tiles_altered");
      ASSERT_STREQ(error.what(), "the tiles of 66309 leaves do not give their root");
      ++altered;
    }
  }
  EXPECT_EQ(altered, 9 * 32);
}

TEST_F(Tiles, GiveTheProofsOfTheirTree) {
  constexpr std::size_t kSize = 70000;
  TileStore store = written(kSize);
  TileReader reader{kSize, store.fetch(), hasher_};
  SeededRandom random{2};
  for (int i = 0; i < 500; ++i) {
    const std::uint64_t leaf = random.below(kSize), old = random.below(kSize + 1);
    EXPECT_EQ(inclusion_proof(leaf, kSize, reader, hasher_),
              inclusion_proof(leaf, kSize, tree(), hasher_));
    EXPECT_EQ(consistency_proof(old, kSize, reader, hasher_),
              consistency_proof(old, kSize, tree(), hasher_));
    // Smaller trees are in the same tiles.
    if (old == 0) continue;
    EXPECT_EQ(inclusion_proof(leaf % old, old, reader, hasher_),
              inclusion_proof(leaf % old, old, tree(), hasher_));
  }
}

TEST_F(Tiles, AreReadOnceForNeighbouringLeaves) {
  TileStore store = written(70000);
  TileReader reader{70000, store.fetch(), hasher_};
  for (std::uint64_t leaf = 512; leaf < 768; ++leaf) {
    EXPECT_EQ(reader.hash({0, leaf}), tree().leaves()[leaf]);
  }
  EXPECT_EQ(store.fetched, 1);
}

TEST_F(Tiles, MayBeWiderThanAskedFor) {
  TileStore store = written(300);
  const FetchTile wider = [&](const TileId& tile) {
    return store.fetch()({tile.level, tile.index, tile.level == 0 && tile.index == 0 ? 256 : 44});
  };
  TileReader reader{40, wider, hasher_};
  EXPECT_EQ(root_of(40, reader, hasher_), head(40).root);
  EXPECT_EQ(reader.tile({0, 0, 40}).size(), 40u * 32);
}

TEST_F(Tiles, ThatAreMissingOrMalformedAreNamed) {
  const auto error_with = [&](std::optional<std::string> hashes) {
    TileReader reader{300, [&](const TileId&) { return hashes; }, hasher_};
    return testing::error_of([&] { reader.hash({0, 299}); });
  };
  const Error missing = error_with(std::nullopt);
  EXPECT_STREQ(missing.what(), "tile/0/001.p/44 is missing");
  EXPECT_EQ(missing.reason(), "missing");
  EXPECT_EQ(missing.code(), ErrorCode::data);
  for (const std::size_t bytes : {0, 1, 43 * 32, 44 * 32 - 1, 44 * 32 + 1, 257 * 32}) {
    const Error malformed = error_with(std::string(bytes, 'h'));
    EXPECT_EQ(malformed.what(), "tile/0/001.p/44 has " + std::to_string(bytes) + " bytes");
    EXPECT_EQ(malformed.reason(), "malformed");
  }
}

TEST_F(Tiles, AreAskedAgainAfterAFailure) {
  TileStore store = written(300);
  bool is_there = true;
  TileReader reader{
      300, [&](const TileId& tile) { return is_there ? store.fetch()(tile) : std::nullopt; },
      hasher_};
  EXPECT_EQ(reader.hash({0, 5}), tree().leaves()[5]);
  is_there = false;
  EXPECT_THROW(reader.hash({0, 299}), Error);
  EXPECT_THROW(reader.hash({0, 5}), Error);
  is_there = true;
  EXPECT_EQ(reader.hash({0, 5}), tree().leaves()[5]);
}

TEST_F(Tiles, HaveNoHashOfASubtreeThatIsNotComplete) {
  TileStore store = written(300);
  TileReader reader{300, store.fetch(), hasher_};
  EXPECT_EQ(reader.size(), 300u);
  for (const NodeId& node : {NodeId{0, 300}, NodeId{2, 75}, NodeId{9, 0}, NodeId{8, 1},
                             NodeId{63, 0}, NodeId{64, 0}, NodeId{-1, 0}}) {
    const Error error = testing::error_of([&] { reader.hash(node); });
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(error.what(), "a tree of 300 leaves has no complete subtree " +
                                std::to_string(node.index) + " of level " +
                                std::to_string(node.level));
  }
  EXPECT_EQ(reader.hash({8, 0}), tree().hash({8, 0}));
  EXPECT_EQ(reader.hash({2, 74}), tree().hash({2, 74}));
  EXPECT_THROW(TileReader(kTreeSizeMax + 1, store.fetch(), hasher_), Error);
}

}  // namespace
}  // namespace pcx::audit
