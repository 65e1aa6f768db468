// pcx key status --values: what the fields hold, by what values begin with. Needs no key.
#pragma once

#include "cli/command.h"
#include "cli/context.h"

namespace pcx::cli {

// A warning when values are not encrypted, of no known format, under a key that the keyring does
// not have, or in quarantine.
Outcome show_census(Context& context);

}  // namespace pcx::cli
