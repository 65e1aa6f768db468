// Numbers as monitoring plugins write them.
#pragma once

#include <string>

namespace pcx::alert {

// The fewest digits that are read as the same double, without an exponent, with a decimal point in
// every locale; "0" for -0. REQUIRES: not NaN, not infinite
std::string plugin_number(double value);

}  // namespace pcx::alert
