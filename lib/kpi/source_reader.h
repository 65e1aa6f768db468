// The sources of one file.
#pragma once

#include <string_view>

#include "core/yaml.h"
#include "kpi/definition.h"

namespace pcx::kpi {

// Appends what stands under `sources:` to the catalog. `file` is the text of the whole file. Throws
// as read_definitions().
void read_sources(Catalog& catalog, std::string_view file, const YamlNode& sources);

}  // namespace pcx::kpi
