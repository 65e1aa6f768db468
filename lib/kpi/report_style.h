// How the page of a report looks: see page/style.h, and what its cards need.
#pragma once

#include <string>

namespace pcx::kpi {

std::string report_style();

}  // namespace pcx::kpi
