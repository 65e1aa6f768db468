// Whether two multisets are the same, in constant memory and in any order: sums of a keyed
// pseudo-random function over their elements (a homomorphic hash in the manner of AdHash, Bellare
// and Micciancio 1997, with a secret key instead of a hard problem).
//
// SHA-256(key || element) is taken as four numbers of 64 bits, each summed modulo 2^64. The key is
// random and known to nobody when the elements were made: then two multisets with the same sums are
// the same but for a chance of 2^-200, if no element differs by more than 2^14 in number. Sums are
// kept by bucket, so that what differs is found by reading those elements again.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "audit/merkle.h"
#include "core/random.h"

namespace pcx::audit {

class KeyedSums {
 public:
  using Key = std::array<std::byte, 32>;
  static Key random_key(Random& random);

  KeyedSums(const Key& key, std::size_t buckets) : key_(key), sums_(buckets) {}

  // REQUIRES: bucket < the number of buckets
  void add(std::size_t bucket, crypto::Bytes element) { change(bucket, element, false); }
  void subtract(std::size_t bucket, crypto::Bytes element) { change(bucket, element, true); }
  // REQUIRES: the other has the same key and number of buckets.
  void add(const KeyedSums& other);

  // Those that are not zero.
  std::vector<std::size_t> differing() const;

 private:
  using Sum = std::array<std::uint64_t, 4>;
  void change(std::size_t bucket, crypto::Bytes element, bool is_negative);

  Key key_;
  crypto::Sha256 sha256_;
  std::vector<Sum> sums_;
};

}  // namespace pcx::audit
