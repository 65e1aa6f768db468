// Keys that were found, for at most half a minute: a request then costs no question to the
// database.
//
// A key is known by the digest of its text under the active pepper. What is kept is the key, never
// an answer: every request is judged anew, so that expiry and grace end at their instant here, too.
// That there is no such key is never kept: who presents one pays the same, known or unknown.
//
// What the database says may change while it is on its way here. So who reads it takes the number
// of changes (changes()) first, and put() refuses it when more was told meanwhile.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "apikey/hash.h"
#include "apikey/verdict.h"

namespace pcx::apikey {

// Until then a change is noticed by everybody who is not told of it.
inline constexpr std::chrono::milliseconds kCacheTtlMax{30'000};

struct CacheOptions {
  std::chrono::milliseconds ttl = kCacheTtlMax;  // above is as if it were that; 0: nothing is kept
  std::size_t keys_max = 100'000;                // the oldest go first; some 1 kB each
};

// For many threads at once.
class KeyCache {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  explicit KeyCache(CacheOptions options = {});

  // nullptr: it has to be asked for.
  std::shared_ptr<const PreparedKey> find(const KeyHash& digest, Instant now) const;

  // The number of changes told so far.
  std::uint64_t changes() const noexcept { return changes_; }
  // Keeps what was read from the database at `read_at` or later, when nothing was told since
  // `changes`. `ttl` counts from read_at.
  void put(const KeyHash& digest, std::shared_ptr<const PreparedKey> key, std::uint64_t changes,
           Instant read_at);

  // This key was changed; with it go those that have no id yet: any of them may have become it.
  void forget(std::string_view id);
  void forget_all();

  std::size_t size() const;  // with those whose time is over and that nobody has asked for since

 private:
  struct Entry {
    KeyHash digest;
    std::shared_ptr<const PreparedKey> key;
    Instant read_at;
  };
  // A digest is as random as the pepper is secret: nobody can choose keys that fall together.
  struct FirstBytes {
    std::size_t operator()(const KeyHash& digest) const noexcept;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> by_age;  // the oldest first
    std::unordered_map<KeyHash, std::list<Entry>::iterator, FirstBytes> entries;
  };

  bool is_over(const Entry& entry, Instant now) const { return now - entry.read_at >= ttl_; }
  void drop_oldest(Shard& shard, Instant now);
  Shard& shard_of(const KeyHash& digest) const;
  template <typename Which>
  void forget_where(Which which);

  static constexpr std::size_t kShards = 16;  // so that threads seldom wait for each other

  const std::chrono::milliseconds ttl_;
  const std::size_t shard_keys_max_;
  std::atomic<std::uint64_t> changes_ = 0;
  mutable std::array<Shard, kShards> shards_;
};

}  // namespace pcx::apikey
