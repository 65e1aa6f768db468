// Text for HTML and XML.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pcx::page {

// With & < > " ' as references; what XML 1.0 has no character for (controls, U+FFFE, invalid bytes)
// becomes U+FFFD.
std::string escape_markup(std::string_view text);

// The same in `bytes_max` bytes at most; an ellipsis stands for the rest.
std::string escape_markup(std::string_view text, std::size_t bytes_max);

}  // namespace pcx::page
