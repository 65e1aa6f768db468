// `capture`, `match` and `expect` of a request.
#pragma once

#include <string_view>
#include <vector>

#include "load/script_reading.h"

namespace pcx::load {

std::vector<std::string_view> check_names();  // of `expect`: "statusCode"

void read_captures(Reading& reading, const YamlNode& node, Request& request);
void read_matches(Reading& reading, const YamlNode& node, Request& request);
// `node` may be nullptr: what the plugin expects by default.
void read_expectations(Reading& reading, const YamlNode* node, Request& request);

}  // namespace pcx::load
