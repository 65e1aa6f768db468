// The steps of a flow, put into a program.
#pragma once

#include "load/script_reading.h"

namespace pcx::load {

// Appends the steps of `flow`, nested lists flattened.
void read_steps(Reading& reading, const YamlNode& flow, std::vector<Step>& program);

}  // namespace pcx::load
