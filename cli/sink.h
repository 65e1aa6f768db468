// Where results go.
#pragma once

#include <string_view>

namespace pcx::cli {

// All of `text` to standard output. Throws Error{io} when it cannot be written (a full disk); a
// reader that went away ends the process by SIGPIPE, as everywhere.
void write_stdout(std::string_view text);

// Gives the numbers 0, 1 and 2 to nothing where the caller closed them (`pcx ... >&-`): a socket
// opened later would get them, and results would be sent to the database server. Writing to such a
// stream still fails. Called before anything is opened. Throws Error{io}.
void occupy_closed_streams();

}  // namespace pcx::cli
