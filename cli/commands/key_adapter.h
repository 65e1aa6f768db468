// pcx key adapter
#pragma once

#include "cli/command.h"

namespace pcx::cli {

Cmd key_adapter_command();

}  // namespace pcx::cli
