// Paths to values, as lodash and Artillery write them: user.name, data[0]['first name'].
#pragma once

#include <string>
#include <string_view>

#include "load/value.h"

namespace pcx::load {

// Never fails: what is no path is one key. "" is one empty key.
Path parse_variable_path(std::string_view text);

// As it would be written: "data[0].id".
std::string to_string(const Path& path);

}  // namespace pcx::load
