// How the HTML report looks: light, dark and on paper, on a telephone and on a wide screen. Nothing
// is told by colour alone: words, signs, dashes and widths say the same.
#pragma once

#include <string_view>

namespace pcx::load {

// CSS; it names nothing that would have to be loaded.
std::string_view page_style() noexcept;

}  // namespace pcx::load
