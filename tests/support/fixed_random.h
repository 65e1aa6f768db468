// Randomness that is given: the bytes of the tests' known answers.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/random.h"

namespace pcx::testing {

// Hands out `bytes`, each once; asking for more is a mistake of the test.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::string_view bytes) : bytes_(bytes) {}
  void fill(std::span<std::byte> target) override {
    if (target.size() > bytes_.size()) throw std::logic_error{"FixedRandom has no more bytes"};
    std::ranges::copy(std::as_bytes(std::span{bytes_}).first(target.size()), target.begin());
    bytes_.erase(0, target.size());
  }

 private:
  std::string bytes_;
};

}  // namespace pcx::testing
