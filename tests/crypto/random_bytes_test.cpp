#include "crypto/random_bytes.h"

#include <algorithm>
#include <set>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

namespace pcx::crypto {
namespace {

using Nonce = std::array<std::byte, 12>;

Nonce draw(Random& random) {
  Nonce nonce;
  random.fill(nonce);
  return nonce;
}

TEST(PooledRandom, GivesEveryByteOfItsSourceOnce) {
  SeededRandom source{1};
  SeededRandom same{1};
  PooledRandom pooled{source};
  std::vector<std::byte> want(4096);
  same.fill(want);
  std::vector<std::byte> got(4096);
  pooled.fill(std::span{got}.first(1000));
  pooled.fill(std::span{got}.subspan(1000));
  EXPECT_EQ(got, want);
}

TEST(PooledRandom, NeverRepeatsANonce) {
  SystemRandom system;
  PooledRandom pooled{system};
  constexpr std::size_t kDraws = 100'000;
  std::vector<Nonce> nonces;
  for (std::size_t i = 0; i < kDraws; ++i) nonces.push_back(draw(pooled));
  std::ranges::sort(nonces);
  EXPECT_EQ(std::ranges::adjacent_find(nonces), nonces.end());
}

TEST(PooledRandom, FillsMoreThanThePoolHolds) {
  SeededRandom source{1};
  PooledRandom pooled{source};
  std::vector<std::byte> large(10'000);
  pooled.fill(large);
  EXPECT_GT(std::set<std::byte>(large.end() - 1000, large.end()).size(), 100u);
  pooled.fill({});
}

TEST(PooledRandom, SharesNothingWithAForkedChild) {
  SystemRandom system;
  PooledRandom pooled{system};
  draw(pooled);  // the pool is full of bytes that the child inherits
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const Nonce nonce = draw(pooled);
    ::_exit(::write(pipe[1], nonce.data(), nonce.size()) == 12 ? 0 : 1);
  }
  Nonce of_child{};
  ASSERT_EQ(::read(pipe[0], of_child.data(), of_child.size()), 12);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ::close(pipe[0]);
  ::close(pipe[1]);
  EXPECT_NE(draw(pooled), of_child);
}

}  // namespace
}  // namespace pcx::crypto
