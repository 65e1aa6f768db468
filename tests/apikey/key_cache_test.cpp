#include "apikey/key_cache.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace pcx::apikey {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Instant = KeyCache::Instant;

constexpr Instant kStart{std::chrono::hours{1}};

std::shared_ptr<const PreparedKey> key(const std::string& id) {
  return std::make_shared<const PreparedKey>(
      PreparedKey{.key = {.id = id}, .scopes = {}, .ranges = {}});
}

// All of one shard: the last byte is the same.
KeyHash digest(int number) {
  KeyHash digest{};
  digest[0] = static_cast<std::byte>(number);
  digest[1] = static_cast<std::byte>(number >> 8);
  return digest;
}

TEST(KeyCache, KeepsAKeyForItsTimeAndNotLonger) {
  KeyCache cache;
  cache.put(digest(1), key("a"), cache.changes(), kStart);
  EXPECT_EQ(cache.find(digest(1), kStart)->key.id, "a");
  EXPECT_TRUE(cache.find(digest(1), kStart + kCacheTtlMax - nanoseconds{1}));
  EXPECT_FALSE(cache.find(digest(1), kStart + kCacheTtlMax));
  EXPECT_FALSE(cache.find(digest(2), kStart));
}

TEST(KeyCache, IsNeverAskedToKeepLongerThanHalfAMinute) {
  KeyCache cache{{.ttl = std::chrono::hours{1}}};
  cache.put(digest(1), key("a"), cache.changes(), kStart);
  EXPECT_FALSE(cache.find(digest(1), kStart + kCacheTtlMax));
  for (const milliseconds ttl : {milliseconds{0}, milliseconds{-5}}) {
    KeyCache none{{.ttl = ttl}};
    none.put(digest(1), key("a"), none.changes(), kStart);
    EXPECT_FALSE(none.find(digest(1), kStart));
    EXPECT_EQ(none.size(), 0u);
  }
}

TEST(KeyCache, KeepsWhatWasReadLast) {
  KeyCache cache;
  cache.put(digest(1), key("newer"), cache.changes(), kStart + milliseconds{1});
  cache.put(digest(1), key("older"), cache.changes(), kStart);
  EXPECT_EQ(cache.find(digest(1), kStart + milliseconds{1})->key.id, "newer");
  cache.put(digest(1), key("newest"), cache.changes(), kStart + milliseconds{2});
  EXPECT_EQ(cache.find(digest(1), kStart + milliseconds{2})->key.id, "newest");
  EXPECT_EQ(cache.size(), 1u);
}

TEST(KeyCache, LetsTheOldestGo) {
  KeyCache cache{{.keys_max = 16 * 3}};
  for (int i = 0; i < 5; ++i) {
    cache.put(digest(i), key("a"), cache.changes(), kStart + milliseconds{i});
  }
  EXPECT_EQ(cache.size(), 3u);
  EXPECT_FALSE(cache.find(digest(1), kStart + milliseconds{5}));
  EXPECT_TRUE(cache.find(digest(2), kStart + milliseconds{5}));
  cache.put(digest(9), key("a"), cache.changes(), kStart + kCacheTtlMax + milliseconds{5});
  EXPECT_EQ(cache.size(), 1u);  // the others' time was over
}

TEST(KeyCache, ForgetsAKeyWithThoseThatHaveNoId) {
  KeyCache cache;
  cache.put(digest(1), key("a"), 0, kStart);
  cache.put(digest(2), key("b"), 0, kStart);
  cache.put(digest(3), key(""), 0, kStart);
  cache.forget("a");
  EXPECT_FALSE(cache.find(digest(1), kStart));
  EXPECT_TRUE(cache.find(digest(2), kStart));
  EXPECT_FALSE(cache.find(digest(3), kStart));
  cache.forget_all();
  EXPECT_EQ(cache.size(), 0u);
}

TEST(KeyCache, RefusesWhatWasReadBeforeAChange) {
  KeyCache cache;
  const auto before = cache.changes();
  cache.forget("b");
  cache.put(digest(1), key("a"), before, kStart);
  EXPECT_FALSE(cache.find(digest(1), kStart));
  cache.put(digest(1), key("a"), cache.changes(), kStart);
  EXPECT_TRUE(cache.find(digest(1), kStart));
}

// A writer that has read version n puts it as version n; a change makes n + 1 the truth, and then
// tells. Whoever looks after it was told must not find an older one.
TEST(KeyCache, HasNothingOlderThanWhatWasTold) {
  constexpr int kChanges = 20'000;
  KeyCache cache;
  std::atomic<int> truth = 0;
  std::atomic<bool> is_over = false;
  std::vector<std::thread> writers;
  for (int i = 0; i < 2; ++i) {
    writers.emplace_back([&] {
      while (!is_over) {
        const auto changes = cache.changes();
        cache.put(digest(1), key(std::to_string(truth)), changes, kStart);
      }
    });
  }
  int older = 0;
  for (int version = 1; version <= kChanges; ++version) {
    truth = version;
    cache.forget_all();
    const auto found = cache.find(digest(1), kStart);
    if (found && std::stoi(found->key.id) < version) ++older;
  }
  is_over = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(older, 0);
}

}  // namespace
}  // namespace pcx::apikey
