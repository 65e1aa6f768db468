// The definitions of KPIs that come with pcx, as they travel inside the binary.
#pragma once

#include <span>

#include "core/embedded_file.h"

namespace pcx::kpi {

// Everything in lib/kpi/definitions, sorted by path.
std::span<const EmbeddedFile> definitions_files();

}  // namespace pcx::kpi
