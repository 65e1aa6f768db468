// The application's password policy (guide, gap 31), with its words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pcx {

// The rules that `password` breaks, as the application words them; empty: it is good. At least 8
// UTF-16 units, and of A-Z, a-z, 0-9 and !@#$%^&*(),.?":{}|<> one each.
std::vector<std::string> password_faults(std::string_view password);

}  // namespace pcx
