// Random bytes for nonces, drawn in blocks: one system call for some 340 nonces instead of one
// each (0.7 us).
#pragma once

#include <array>
#include <cstdint>

#include "core/random.h"
#include "core/secret.h"

namespace pcx::crypto {

// A key, or part of one, of `size` bytes.
Secret random_secret(Random& random, std::size_t size);

// Hands out bytes of `source`, each of them once. After fork(2) the child throws away what it
// inherited, so parent and child never share a nonce. What was handed out is wiped from the pool.
// For one thread at a time. `source` must outlive the pool.
class PooledRandom final : public Random {
 public:
  explicit PooledRandom(Random& source);
  ~PooledRandom() override;
  PooledRandom(const PooledRandom&) = delete;
  PooledRandom& operator=(const PooledRandom&) = delete;
  void fill(std::span<std::byte> target) override;

 private:
  Random& source_;
  std::array<std::byte, 4096> pool_{};
  std::size_t used_ = pool_.size();
  std::uint64_t generation_ = 0;  // of this process, counted by fork
};

}  // namespace pcx::crypto
