// Lines of CSV (RFC 4180), guarded against formulas.
#pragma once

#include <string>
#include <string_view>

namespace pcx {

// In quotation marks where it has a comma, a quotation mark or a line break.
std::string csv_quoted(std::string_view text);
// Text that a spreadsheet would run (is_formula()) gets an apostrophe in front. Not for numbers:
// theirs would be text.
std::string csv_text(std::string_view text);

}  // namespace pcx
