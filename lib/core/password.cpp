#include "core/password.h"

#include <algorithm>

#include "core/javascript.h"

namespace pcx {

std::vector<std::string> password_faults(std::string_view password) {
  constexpr std::size_t kUnitsMin = 8;
  constexpr std::string_view kSpecial = "!@#$%^&*(),.?\":{}|<>";
  const auto has_between = [&](char low, char high) {
    return std::any_of(password.begin(), password.end(),
                       [=](char c) { return c >= low && c <= high; });
  };
  std::vector<std::string> faults;
  const auto require = [&](bool holds, const char* rule) {
    if (!holds) faults.push_back(std::string{"Password must "} + rule);
  };
  require(javascript::utf16_length(password) >= kUnitsMin, "be at least 8 characters long");
  require(has_between('A', 'Z'), "contain at least one uppercase letter");
  require(has_between('a', 'z'), "contain at least one lowercase letter");
  require(has_between('0', '9'), "contain at least one number");
  require(password.find_first_of(kSpecial) != std::string_view::npos,
          "contain at least one special character");
  return faults;
}

}  // namespace pcx
