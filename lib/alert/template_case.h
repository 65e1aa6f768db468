// Upper and lower case of Latin, Greek and Cyrillic letters, whatever the locale says.
#pragma once

#include <string>
#include <string_view>

namespace pcx::alert {

// Letter by letter, as Go's strings.ToUpper, ToLower and Title do (no letter becomes two); letters
// of other scripts, and bytes that are no UTF-8, are left as they are.
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
// The first letter of each word in upper case, the others as they are. Words are what stands
// between ASCII characters that are no letter, digit or underscore, and between white space.
std::string to_title(std::string_view text);

}  // namespace pcx::alert
