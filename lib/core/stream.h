// What comes through a pipe, however long it takes, unless a stop is requested.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/interrupt.h"

namespace pcx {

// Until read(2) would not wait: bytes, the end or an error are there, or a stop was requested (see
// there). Regular files never wait.
void wait_until_readable(int descriptor, const InterruptWatch& watch);

// What an open file (0: standard input) holds, to its end. `name` is for messages. Throws
// Error{interrupted} or Error{terminated} once a stop was requested, also when that was while the
// last bytes came; Error{data} above `bytes_max`, Error{io} when it cannot be read.
std::string read_stream(int descriptor, std::string_view name, std::size_t bytes_max,
                        Interrupt& interrupt);

}  // namespace pcx
