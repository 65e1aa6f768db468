// Names of a script that nobody sets, or nobody uses.
#pragma once

#include "load/script_reading.h"

namespace pcx::load {

// After everything was read. Silent about what JavaScript may set or use.
void check_usage(Reading& reading);

}  // namespace pcx::load
