// The modules that teach an application to read and write fields under pcx's keys, as they travel
// inside the binary.
#pragma once

#include <span>

#include "core/embedded_file.h"

namespace pcx::keyring {

// Everything in lib/keyring/adapter, sorted by path; a file's extension is its language.
std::span<const EmbeddedFile> adapter_files();

}  // namespace pcx::keyring
