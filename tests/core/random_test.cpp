#include "core/random.h"

#include <array>
#include <cstring>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace pcx {
namespace {

// Computed with the authors' reference code (prng.di.unimi.it): splitmix64 of the seed gives the
// four words of state, xoshiro256** the numbers.
TEST(SeededRandom, AgreesWithTheReference) {
  SeededRandom zero{0};
  EXPECT_EQ(zero.next(), 11091344671253066420u);
  EXPECT_EQ(zero.next(), 13793997310169335082u);
  EXPECT_EQ(zero.next(), 1900383378846508768u);
  SeededRandom other{1234567};
  EXPECT_EQ(other.next(), 3504822795582309479u);
  EXPECT_EQ(other.next(), 1819558768956484042u);
  EXPECT_EQ(other.next(), 1250851346055027673u);
  EXPECT_EQ(other.next(), 16940231675099994102u);
}

TEST(SeededRandom, FillsFromTheLowByteOfEachNumber) {
  std::array<std::byte, 11> bytes{};
  SeededRandom filled{5};
  filled.fill(bytes);
  SeededRandom numbers{5};
  const std::uint64_t expected[] = {numbers.next(), numbers.next()};
  EXPECT_EQ(std::memcmp(bytes.data(), expected, bytes.size()), 0);
}

TEST(SystemRandom, FillsEverything) {
  std::array<std::byte, 4096> first{};
  std::array<std::byte, 4096> second{};
  SystemRandom random;
  random.fill(first);
  random.fill(second);
  const auto half = first.size() / 2;
  EXPECT_NE(std::memcmp(first.data(), second.data(), half), 0);
  EXPECT_NE(std::memcmp(first.data() + half, second.data() + half, half), 0);
}

// Hands out chosen numbers.
class Numbers final : public Random {
 public:
  explicit Numbers(std::vector<std::uint64_t> numbers) : numbers_(std::move(numbers)) {}
  void fill(std::span<std::byte> target) override {
    ASSERT_EQ(target.size(), 8u);
    std::memcpy(target.data(), &numbers_.at(used++), 8);
  }
  std::size_t used = 0;

 private:
  std::vector<std::uint64_t> numbers_;
};

TEST(Below, StaysBelow) {
  SeededRandom random{1};
  for (const std::uint64_t bound : {1ull, 2ull, 3ull, 10ull, 1ull << 63, ~0ull}) {
    for (int i = 0; i < 1000; ++i) EXPECT_LT(random.below(bound), bound);
  }
}

TEST(Below, ReachesBothEnds) {
  Numbers random{{0, ~0ull}};
  EXPECT_EQ(random.below(10), 9u) << "0 lies in the part that is drawn again";
  EXPECT_EQ(random.used, 2u);
  Numbers middle{{(1ull << 63) + 1}};
  EXPECT_EQ(middle.below(10), 5u);
}

TEST(Below, IsUniform) {
  SeededRandom random{7};
  std::array<int, 10> counts{};
  for (int i = 0; i < 100'000; ++i) ++counts[random.below(10)];
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - 10'000.0) * (count - 10'000.0) / 10'000;
  EXPECT_LT(chi_square, 27.88) << "9 degrees of freedom, p = 0.001";
}

TEST(Unit, IsAboveOrAtZeroAndBelowOne) {
  Numbers random{{0, ~0ull, 1ull << 63}};
  EXPECT_EQ(random.unit(), 0);
  EXPECT_EQ(random.unit(), 1 - 0x1p-53);
  EXPECT_EQ(random.unit(), 0.5);
}

TEST(UuidV4, HasItsShape) {
  SeededRandom random{3};
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string uuid = uuid_v4(random);
    ASSERT_EQ(uuid.size(), 36u);
    for (const std::size_t dash : {8u, 13u, 18u, 23u}) EXPECT_EQ(uuid[dash], '-');
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string_view{"89ab"}.find(uuid[19]), std::string_view::npos);
    EXPECT_EQ(uuid.find_first_not_of("0123456789abcdef-"), std::string::npos);
    seen.insert(uuid);
  }
  EXPECT_EQ(seen.size(), 100u);
}

}  // namespace
}  // namespace pcx
