// Long numbers for people.
#pragma once

#include <cstdint>
#include <string>

namespace pcx {

// "12,000", "-1,250.50": a comma before every third digit of the whole part.
std::string grouped(std::int64_t number);
std::string grouped(std::string decimal_digits);

}  // namespace pcx
