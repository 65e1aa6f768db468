// Text of others, made safe for outputs that keep their own escapes and are read in terminals, too.
#pragma once

#include <string>
#include <string_view>

namespace pcx::kpi {

// `text` with U+FFFD in the place of each control character (C0, DEL, C1) but '\n', which the
// formats escape or quote themselves, and of each byte that is no UTF-8: a patient's name must not
// steer the terminal that shows it.
std::string without_controls(std::string_view text);

}  // namespace pcx::kpi
