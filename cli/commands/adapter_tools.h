// What `pcx key adapter` and `pcx apikey adapter` share: modules for the application, one a
// language.
#pragma once

#include <span>

#include "cli/command.h"
#include "core/embedded_file.h"

namespace pcx::cli {

// --lang
Opt language_option();

// The module in that language, as it is. `files` are modules; an extension is a language.
Outcome print_module(std::span<const EmbeddedFile> files, const Values& values);

}  // namespace pcx::cli
