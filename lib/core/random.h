// Randomness, handed in. SystemRandom is fit for keys and nonces; SeededRandom repeats itself and
// is for sample data and tests only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace pcx {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> target) = 0;

  // Uniform in [0, bound). REQUIRES: bound > 0. Without modulo bias (Lemire's rejection method,
  // doi.org/10.1145/3230636).
  std::uint64_t below(std::uint64_t bound);
  // Uniform in [0, 1), 53 bits.
  double unit();
};

// The kernel's generator, getrandom(2). Throws Error{internal} when the kernel refuses.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> target) override;
};

// xoshiro256** (Blackman and Vigna, prng.di.unimi.it), seeded by splitmix64. The same seed gives
// the same bytes on every machine. Not for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(std::span<std::byte> target) override;
  std::uint64_t next();

 private:
  std::uint64_t state_[4];
};

// A version 4 UUID (RFC 9562, section 5.4) as 36 lower-case characters.
std::string uuid_v4(Random& random);

}  // namespace pcx
