#include "apikey/key_cache.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pcx::apikey {

KeyCache::KeyCache(CacheOptions options)
    : ttl_(std::clamp(options.ttl, std::chrono::milliseconds{0}, kCacheTtlMax)),
      shard_keys_max_((options.keys_max + kShards - 1) / kShards) {}

std::size_t KeyCache::FirstBytes::operator()(const KeyHash& digest) const noexcept {
  std::size_t number = 0;
  std::memcpy(&number, digest.data(), sizeof number);
  return number;
}

KeyCache::Shard& KeyCache::shard_of(const KeyHash& digest) const {
  return shards_[std::to_integer<std::size_t>(digest.back()) % kShards];
}

std::shared_ptr<const PreparedKey> KeyCache::find(const KeyHash& digest, Instant now) const {
  const Shard& shard = shard_of(digest);
  const std::lock_guard guard{shard.mutex};
  const auto found = shard.entries.find(digest);
  if (found == shard.entries.end() || is_over(*found->second, now)) return nullptr;
  return found->second->key;
}

void KeyCache::drop_oldest(Shard& shard, Instant now) {
  while (!shard.by_age.empty() &&
         (shard.by_age.size() > shard_keys_max_ || is_over(shard.by_age.front(), now))) {
    shard.entries.erase(shard.by_age.front().digest);
    shard.by_age.pop_front();
  }
}

void KeyCache::put(const KeyHash& digest, std::shared_ptr<const PreparedKey> key,
                   std::uint64_t changes, Instant read_at) {
  Shard& shard = shard_of(digest);
  const std::lock_guard guard{shard.mutex};
  // forget() counts first and then comes for the shard: whatever is put before it is taken away.
  if (changes != changes_) return;
  if (const auto old = shard.entries.find(digest); old != shard.entries.end()) {
    if (old->second->read_at > read_at) return;  // another thread has read it since
    shard.by_age.erase(old->second);
    shard.entries.erase(old);
  }
  shard.by_age.push_back({digest, std::move(key), read_at});
  shard.entries.emplace(digest, std::prev(shard.by_age.end()));
  drop_oldest(shard, read_at);
}

template <typename Which>
void KeyCache::forget_where(Which which) {
  ++changes_;
  for (Shard& shard : shards_) {
    const std::lock_guard guard{shard.mutex};
    for (auto each = shard.by_age.begin(); each != shard.by_age.end();) {
      if (!which(each->key->key)) {
        ++each;
        continue;
      }
      shard.entries.erase(each->digest);
      each = shard.by_age.erase(each);
    }
  }
}

void KeyCache::forget(std::string_view id) {
  forget_where([id](const Key& key) { return key.id == id || key.id.empty(); });
}

void KeyCache::forget_all() {
  forget_where([](const Key&) { return true; });
}

std::size_t KeyCache::size() const {
  std::size_t sum = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard guard{shard.mutex};
    sum += shard.by_age.size();
  }
  return sum;
}

}  // namespace pcx::apikey
