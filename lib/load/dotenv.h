// Files of environment variables, as dotenv reads them.
//
// Source: dotenv 16, lib/main.js, parse().
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace pcx::load {

// NAME=value, `export NAME=value` and `NAME: value`; values in quotes may go over several lines,
// and have \n and \r for line breaks in double ones. What is no assignment is passed over; the last
// of a name counts.
std::map<std::string, std::string> parse_dotenv(std::string_view text);

}  // namespace pcx::load
