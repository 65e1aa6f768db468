// The KPIs of one file.
#pragma once

#include <string_view>

#include "core/yaml.h"
#include "kpi/definition.h"

namespace pcx::kpi {

// Appends what stands under `kpis:` to the catalog, without hashes. `file` is the text of the whole
// file. Throws as read_definitions().
void read_kpis(Catalog& catalog, std::string_view file, const YamlNode& kpis);

}  // namespace pcx::kpi
