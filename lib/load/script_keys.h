// Keys of a script that nobody looks at.
#pragma once

#include "load/script_reading.h"

namespace pcx::load {

// Mistakes that are known by name, and keys that are nearly one that is known. Of the script as it
// is written, environments included.
void check_keys(Reading& reading, const YamlNode& script);

}  // namespace pcx::load
