// Scenarios of a script: flows as programs.
#pragma once

#include "load/script_reading.h"

namespace pcx::load {

// `scenarios`, `before` and `after`; of the scenarios the one that was asked for.
void read_scenarios(Reading& reading, const YamlNode& script);

}  // namespace pcx::load
