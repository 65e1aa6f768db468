#include "core/grouped.h"

#include <algorithm>

namespace pcx {

std::string grouped(std::int64_t number) { return grouped(std::to_string(number)); }

std::string grouped(std::string decimal_digits) {
  const std::size_t first = decimal_digits.starts_with('-') ? 1 : 0;
  std::size_t at = std::min(decimal_digits.find('.'), decimal_digits.size());
  for (; at > first + 3; at -= 3) decimal_digits.insert(at - 3, 1, ',');
  return decimal_digits;
}

}  // namespace pcx
