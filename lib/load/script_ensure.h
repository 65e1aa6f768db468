// `ensure` of a script: what is judged at the end.
#pragma once

#include "load/script_reading.h"

namespace pcx::load {

void read_ensure(Reading& reading, const YamlNode& config);

}  // namespace pcx::load
