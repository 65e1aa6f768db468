// Pages in random order, each once. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "core/random.h"

namespace pcx::inspect {

// The shuffle of Fisher and Yates, as far as it is asked for: memory grows with the pages drawn,
// not with those there are.
class PageLottery {
 public:
  // Of pages 0 to `pages` - 1. `random` outlives it.
  PageLottery(std::int64_t pages, Random& random) : left_(pages), random_(&random) {}

  // std::nullopt: all were drawn.
  std::optional<std::int64_t> draw();

 private:
  std::int64_t at(std::int64_t position) const;

  std::int64_t left_;
  Random* random_;
  std::unordered_map<std::int64_t, std::int64_t> moved_;  // position -> page, where they differ
};

}  // namespace pcx::inspect
