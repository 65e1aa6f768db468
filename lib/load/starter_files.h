// The script that `pcx load new` writes, as it travels inside the binary.
#pragma once

#include <span>

#include "core/embedded_file.h"

namespace pcx::load {

// Everything in lib/load/starter.
std::span<const EmbeddedFile> starter_files();

}  // namespace pcx::load
