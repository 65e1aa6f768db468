// How pages look: light, dark and on paper. CSS; it names nothing that would have to be loaded.
//
// Colours are variables (--ink, --soft, --line, --page, --good, --fair, --bad, --one, --two,
// --heat). Nothing may be told by colour alone: words, signs, dashes and widths say the same.
#pragma once

#include <string_view>

namespace pcx::page {

std::string_view base_style() noexcept;   // colours, letters, the page itself
std::string_view table_style() noexcept;  // what page::Table makes

}  // namespace pcx::page
