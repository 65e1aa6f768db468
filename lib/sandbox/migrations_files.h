// The application's migrations as they travel inside the binary.
#pragma once

#include <span>

#include "core/embedded_file.h"

namespace pcx::sandbox {

// Everything in lib/sandbox/migrations, sorted by path.
std::span<const EmbeddedFile> migrations_files();

}  // namespace pcx::sandbox
