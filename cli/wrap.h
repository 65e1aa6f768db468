// Paragraphs to lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pcx::cli {

// Fills lines of at most `columns` at blanks; every line starts with `indent` blanks, except the
// first one when `first_indented` is false. Paragraphs are separated by a blank line, and stay so;
// a paragraph that starts with a blank is kept as it is. Ends with a line break unless empty.
std::string wrap(std::string_view text, std::size_t columns, std::size_t indent = 0,
                 bool first_indented = true);

}  // namespace pcx::cli
