// Where results go.
#pragma once

#include <string_view>

namespace pcx::cli {

// All of `text` to standard output. Throws Error{io} when it cannot be written (a full disk); a
// reader that went away ends the process by SIGPIPE, as everywhere.
void write_stdout(std::string_view text);

}  // namespace pcx::cli
