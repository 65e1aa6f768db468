#include "inspect/pages.h"

#include <set>

#include <gmock/gmock.h>

namespace pcx::inspect {
namespace {

rotate::Heap heap(const char* root, const char* table) {
  rotate::Heap heap;
  heap.root = root;
  heap.target.table = table;
  return heap;
}

TEST(PageLottery, DrawsEachPageOnce) {
  for (const std::int64_t pages : {0, 1, 2, 7, 1000}) {
    SeededRandom random{1};
    PageLottery lottery{pages, random};
    std::set<std::int64_t> drawn;
    while (const auto page = lottery.draw()) {
      EXPECT_GE(*page, 0);
      EXPECT_LT(*page, pages);
      EXPECT_TRUE(drawn.insert(*page).second) << *page;
    }
    EXPECT_EQ(drawn.size(), static_cast<std::size_t>(pages));
  }
}

TEST(PageLottery, DrawsEveryPageAsOften) {
  SeededRandom random{2};
  std::vector<int> hits(10);
  for (int i = 0; i < 10'000; ++i) {
    PageLottery lottery{10, random};
    for (int draws = 0; draws < 3; ++draws) {
      ++hits[static_cast<std::size_t>(lottery.draw().value())];
    }
  }
  // 3,000 each; six standard deviations of sqrt(10,000 * 0.3 * 0.7).
  for (const int count : hits) EXPECT_NEAR(count, 3'000, 275);
}

TEST(Pages, GivesAllOfThemInOrder) {
  const std::vector<rotate::Heap> heaps = {heap("a", "a"), heap("b", "b1"), heap("b", "b2")};
  const std::vector<std::int64_t> blocks = {300, 0, 5};
  SeededRandom random{3};
  Pages pages{heaps, blocks, std::nullopt, random};
  EXPECT_EQ(pages.total(), 305);
  std::vector<std::pair<std::size_t, std::int64_t>> seen;
  while (const auto piece = pages.next()) {
    for (std::int64_t block = piece->blocks.from; block < piece->blocks.to; ++block) {
      seen.emplace_back(piece->heap, block);
    }
    pages.count(*piece, 10);
  }
  EXPECT_EQ(seen.size(), 305u);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.front(), (std::pair<std::size_t, std::int64_t>{0, 0}));
  EXPECT_EQ(seen.back(), (std::pair<std::size_t, std::int64_t>{2, 4}));
  EXPECT_EQ(pages.done(), 305);
}

TEST(Pages, StopsWhenASampleHasEnoughRows) {
  const std::vector<rotate::Heap> heaps = {heap("a", "a1"), heap("a", "a2"), heap("b", "b")};
  const std::vector<std::int64_t> blocks = {50, 50, 2};
  SeededRandom random{4};
  Pages pages{heaps, blocks, 100, random};
  std::vector<std::int64_t> read(heaps.size());
  while (const auto piece = pages.next()) {
    EXPECT_EQ(piece->blocks.to, piece->blocks.from + 1);
    EXPECT_LT(piece->blocks.from, blocks[piece->heap]);
    ++read[piece->heap];
    pages.count(*piece, 7);
  }
  EXPECT_EQ(read[0] + read[1], 15);  // of both partitions together: the first 105 rows
  EXPECT_GT(read[0], 0);
  EXPECT_GT(read[1], 0);
  EXPECT_EQ(read[2], 2);  // there are no more
}

}  // namespace
}  // namespace pcx::inspect
