// What `config` says of HTTP: target, timeout, defaults, TLS; and the plugins.
#pragma once

#include "load/script_reading.h"

namespace pcx::load {

void read_http(Reading& reading, const YamlNode& config);
// Plugins and engines that pcx does not have are refused, each by its name.
void read_plugins(Reading& reading, const YamlNode& config);

}  // namespace pcx::load
