// What this binary is made of.
#pragma once

#include <string>
#include <string_view>

#include "core/document.h"

namespace pcx::cli {

extern const std::string_view kVersion;      // "0.1.0"
extern const std::string_view kReleaseDate;  // "2026-01-31", the newest one in CHANGELOG.md

// "pcx 0.1.0" and a line break.
std::string version_line();

// Version, compiler, and the libraries as compiled against and as loaded.
Document build_info();

}  // namespace pcx::cli
