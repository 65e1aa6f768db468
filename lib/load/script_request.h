// Requests of a script.
#pragma once

#include "load/script_reading.h"

namespace pcx::load {

// `spec` is what stands below the method; `place` is the method's. std::nullopt: it was refused.
std::optional<Request> read_request(Reading& reading, const std::string& method,
                                    const YamlNode& spec, const Location& place);

// Names JavaScript that pcx does not run: refused one by one, or said once with --skip-hooks.
void refuse_hooks(Reading& reading, const YamlNode& map, std::string_view key);

}  // namespace pcx::load
