// `payload` and `variables` of a script: what users begin with.
#pragma once

#include "load/script_reading.h"

namespace pcx::load {

// Reads the CSV files, and tells the names whose they are. Before any flow is read.
void read_payloads(Reading& reading, const YamlNode& config);
void read_variables(Reading& reading, const YamlNode& config);

// What users begin with, for the names that the flows turned out to use. After all flows.
void fill_initial(Reading& reading, const YamlNode& config);

}  // namespace pcx::load
