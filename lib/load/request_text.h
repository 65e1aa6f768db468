// A request as it goes out: HTTP/1.1 (RFC 9112), rendered for one user into a buffer of the
// shard's.
#pragma once

#include <string>
#include <string_view>

#include "load/plan.h"
#include "load/template.h"

namespace pcx::load {

// What a request has besides what its script says.
struct RequestFrame {
  std::string_view method;        // a redirect may change it
  std::string_view authority;     // Host
  std::string_view target;        // path and query
  std::string_view cookies;       // "" none
  std::string_view trace_parent;  // "" none
  bool with_body = true;          // a redirect may leave it out
  bool with_credentials = true;   // false: a redirect has led to another site
};

// The URL that the script means: behind the target when it begins with "/", the query's fields
// added to its own.
void append_url(const Request& request, const Scope& scope, std::string_view target,
                std::string& out);
// The same without the query's fields.
void append_script_url(const Request& request, const Scope& scope, std::string_view target,
                       std::string& out);
// `scratch` is for the body while its length is counted. False: a header's value has a character
// that none may have, and nothing is to be sent (Node.js: ERR_INVALID_CHAR).
[[nodiscard]] bool append_request(const Request& request, const Scope& scope,
                                  const RequestFrame& frame, std::string& scratch,
                                  std::string& out);
// UTF-8 as Node.js sends it in a header: one byte for each character, as Latin-1 has it. False for
// characters beyond, and for those that control a line.
bool append_header_value(std::string_view text, std::string& out);
// "application/x-www-form-urlencoded" (WHATWG URL, 5): a space becomes "+".
void append_form_encoded(std::string_view text, std::string& out);
// encodeURIComponent().
void append_component_encoded(std::string_view text, std::string& out);

}  // namespace pcx::load
