// A request as the bytes of HTTP/1.1 (RFC 9112).
#pragma once

#include <string>
#include <string_view>

#include "http/client.h"
#include "http/url.h"

namespace pcx::http {

// Adds Host, User-Agent (unless given), Content-Length and "Connection: close".
//
// Throws Error{data} for a method or header name that is no token, a header value with control
// characters (a line break would smuggle in another header), and headers that are not the caller's.
std::string request_text(const Request& request, const Url& url, std::string_view user_agent);

}  // namespace pcx::http
