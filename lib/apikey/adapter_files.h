// The modules that teach an application to take API keys of pcx, as they travel inside the binary.
#pragma once

#include <span>

#include "core/embedded_file.h"

namespace pcx::apikey {

// Everything in lib/apikey/adapter, sorted by path; a file's extension is its language.
std::span<const EmbeddedFile> adapter_files();

}  // namespace pcx::apikey
