// The rules that come with pcx, as they travel inside the binary.
#pragma once

#include <span>

#include "core/embedded_file.h"

namespace pcx::alert {

// Everything in lib/alert/rules, sorted by path.
std::span<const EmbeddedFile> rules_files();

}  // namespace pcx::alert
