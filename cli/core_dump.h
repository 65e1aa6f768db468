// Keys are in the memory of this process, so nobody gets a picture of it.
#pragma once

namespace pcx::cli {

// No core dump, also not of the programs that pcx starts, and no look into this process by others
// of the same user (PR_SET_DUMPABLE; root may do all that). Sanitizers look into it themselves:
// where they are built in nothing is done.
void forbid_core_dumps() noexcept;

}  // namespace pcx::cli
