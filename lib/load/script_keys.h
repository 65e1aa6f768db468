// Keys of a script that nobody looks at.
#pragma once

#include <string_view>
#include <vector>

#include "load/script_reading.h"

namespace pcx::load {

// The keys that a map of a script may have, without those that have no effect.
struct KnownKeys {
  std::string_view place;  // "a phase"
  std::vector<std::string_view> keys;
};
std::vector<KnownKeys> known_keys();

// Mistakes that are known by name, and keys that are nearly one that is known. Of the script as it
// is written, environments included.
void check_keys(Reading& reading, const YamlNode& script);

}  // namespace pcx::load
