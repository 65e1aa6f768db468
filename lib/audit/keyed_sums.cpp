#include "audit/keyed_sums.h"

#include <cstring>

namespace pcx::audit {

KeyedSums::Key KeyedSums::random_key(Random& random) {
  Key key;
  random.fill(key);
  return key;
}

void KeyedSums::change(std::size_t bucket, crypto::Bytes element, bool is_negative) {
  sha256_.update(key_);
  sha256_.update(element);
  const Hash hash = sha256_.finish();
  Sum numbers;
  static_assert(sizeof(numbers) == sizeof(hash));
  std::memcpy(numbers.data(), hash.data(), sizeof(numbers));
  Sum& sum = sums_[bucket];
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i] += is_negative ? std::uint64_t{0} - numbers[i] : numbers[i];
  }
}

void KeyedSums::add(const KeyedSums& other) {
  for (std::size_t bucket = 0; bucket < sums_.size(); ++bucket) {
    for (std::size_t i = 0; i < sums_[bucket].size(); ++i) {
      sums_[bucket][i] += other.sums_[bucket][i];
    }
  }
}

std::vector<std::size_t> KeyedSums::differing() const {
  std::vector<std::size_t> buckets;
  for (std::size_t bucket = 0; bucket < sums_.size(); ++bucket) {
    if (sums_[bucket] != Sum{}) buckets.push_back(bucket);
  }
  return buckets;
}

}  // namespace pcx::audit
