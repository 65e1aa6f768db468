#include "audit/ledger_diff.h"

#include <gmock/gmock.h>

namespace pcx::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Hash leaf(int number) {
  Hash hash{};
  hash[3] = static_cast<std::byte>(number);
  return hash;
}

std::vector<Hash> leaves(const std::vector<int>& numbers) {
  std::vector<Hash> hashes;
  for (const int number : numbers) hashes.push_back(leaf(number));
  return hashes;
}

std::vector<LedgerLeaf> rows(const std::vector<int>& numbers) {
  std::vector<LedgerLeaf> all;
  for (const int number : numbers)
    all.push_back({{3, 1, number}, LeafSource::change, leaf(number)});
  return all;
}

struct Seen {
  std::vector<std::uint64_t> lost, extra, moved;
  std::optional<std::uint64_t> last;
};

Seen compare(const std::vector<int>& sealed, const std::vector<int>& ledger) {
  LedgerDifference difference;
  Seen seen;
  seen.last = compare_leaves(1, 100, leaves(sealed), rows(ledger), difference);
  for (const auto& each : difference.lost) seen.lost.push_back(each.index);
  for (const auto& each : difference.extra) seen.extra.push_back(each.index);
  for (const auto& each : difference.moved) seen.moved.push_back(each.index);
  return seen;
}

TEST(CompareLeaves, NamesWhatIsLost) {
  const Seen seen = compare({1, 2, 3, 4}, {1, 3});
  EXPECT_THAT(seen.lost, ElementsAre(101, 103));
  EXPECT_THAT(seen.extra, IsEmpty());
  EXPECT_EQ(seen.last, 102u);
}

TEST(CompareLeaves, NamesWhatIsExtraWhereItWouldBe) {
  EXPECT_THAT(compare({1, 2}, {1, 8, 9, 2}).extra, ElementsAre(101, 102));
  EXPECT_THAT(compare({1, 2}, {8, 1, 2, 9}).extra, ElementsAre(100, 102));
}

TEST(CompareLeaves, PairsWhatWasChanged) {
  const Seen seen = compare({1, 2, 3, 4}, {1, 8, 9, 4});
  EXPECT_THAT(seen.lost, ElementsAre(101, 102));
  EXPECT_THAT(seen.extra, ElementsAre(101, 102));
  EXPECT_THAT(seen.moved, IsEmpty());
}

TEST(CompareLeaves, NamesWhatMoved) {
  const Seen seen = compare({1, 2, 3, 4}, {1, 4, 3, 2});
  EXPECT_THAT(seen.moved, ElementsAre(101, 103));
  EXPECT_THAT(seen.lost, IsEmpty());
}

TEST(CompareLeaves, CountsEqualLeaves) {
  EXPECT_THAT(compare({1, 1, 2}, {1, 2}).lost, ElementsAre(101));
  EXPECT_THAT(compare({1, 2}, {1, 1, 2}).extra, ElementsAre(101));
}

TEST(CompareLeaves, HasNoLastOneOfNothing) {
  EXPECT_EQ(compare({1, 2}, {}).last, std::nullopt);
  EXPECT_THAT(compare({}, {5}).extra, ElementsAre(100));
}

}  // namespace
}  // namespace pcx::audit
