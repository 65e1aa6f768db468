// Where a key may go: never in clear text over a network.
#pragma once

#include <string_view>

namespace pcx::http {

// Throws Error{config} with reason "clear_text" for http:// unless the host is this machine itself:
// localhost, 127.0.0.0/8, ::1. Throws Error{data} as parse_url().
void require_safe_for_key(std::string_view url);

}  // namespace pcx::http
