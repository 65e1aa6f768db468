#include "crypto/random_bytes.h"

#include <atomic>
#include <cstring>
#include <pthread.h>

#include "core/error.h"

namespace pcx::crypto {

namespace {

std::atomic<std::uint64_t> fork_generation{0};

void watch_forks() {
  static const int refused =
      ::pthread_atfork(nullptr, nullptr, [] { fork_generation.fetch_add(1); });
  if (refused != 0) throw Error{ErrorCode::internal, "cannot watch for forks"};
}

}  // namespace

Secret random_secret(Random& random, std::size_t size) {
  Secret secret = Secret::with_size(size);
  random.fill(secret.writable_bytes());
  return secret;
}

PooledRandom::PooledRandom(Random& source) : source_(source) { watch_forks(); }

PooledRandom::~PooledRandom() { ::explicit_bzero(pool_.data(), pool_.size()); }

void PooledRandom::fill(std::span<std::byte> target) {
  if (target.empty()) return;
  const std::uint64_t generation = fork_generation.load(std::memory_order_relaxed);
  if (generation_ != generation || target.size() > pool_.size() - used_) {
    if (target.size() > pool_.size()) return source_.fill(target);
    source_.fill(pool_);
    used_ = 0;
    generation_ = generation;
  }
  std::byte* const start = pool_.data() + used_;
  std::memcpy(target.data(), start, target.size());
  std::memset(start, 0, target.size());
  used_ += target.size();
}

}  // namespace pcx::crypto
