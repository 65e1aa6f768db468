// `phases` of a script.
#pragma once

#include "load/script_reading.h"

namespace pcx::load {

// Into the plan; one user in one second when there are none, or --solo asks for it.
void read_phases(Reading& reading, const YamlNode& config);

}  // namespace pcx::load
