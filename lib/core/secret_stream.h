// A secret that comes through a pipe.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/interrupt.h"
#include "core/secret.h"

namespace pcx {

// What an open file (standard input) holds, to its end and as it is, in memory that is wiped.
// `name` is for messages. Waits as long as it takes, unless a stop is requested
// (Error{interrupted}, Error{terminated}). Throws Error{data} above `bytes_max`, Error{io} when it
// cannot be read.
Secret read_secret_stream(int descriptor, std::string_view name, std::size_t bytes_max,
                          Interrupt* interrupt);

// The same; std::nullopt above `bytes_max`: then only one byte more was read, and the rest is left.
std::optional<Secret> read_short_secret(int descriptor, std::string_view name,
                                        std::size_t bytes_max, Interrupt* interrupt);

}  // namespace pcx
