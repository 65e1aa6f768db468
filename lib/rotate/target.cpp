#include "rotate/target.h"

namespace pcx::rotate {

std::size_t OldRow::bytes() const {
  std::size_t sum = 0;
  for (const auto& value : old) sum += value ? value->size() : 0;
  return sum;
}

}  // namespace pcx::rotate
