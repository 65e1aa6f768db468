#include "http/request_text.h"

#include <algorithm>
#include <strings.h>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::http {

namespace {

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool is_named(const Header& header, const char* name) {
  return ::strcasecmp(header.name.c_str(), name) == 0;
}

void check_method(const std::string& method) {
  if (is_token(method) && method != "CONNECT") return;
  throw Error{ErrorCode::data,
              fmt::format("'{}' is no HTTP method to send", escape_controls(method))};
}

void check_header(const Header& header) {
  if (!is_token(header.name)) {
    throw Error{ErrorCode::data,
                fmt::format("'{}' is no name of an HTTP header", escape_controls(header.name))};
  }
  const bool controls = std::ranges::any_of(header.value, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
  });
  if (controls) {
    throw Error{ErrorCode::data,
                fmt::format("the HTTP header '{}' has a control character", header.name),
                "A secret read from a file may end with a line break; cut it off."};
  }
  for (const char* ours : {"Host", "Content-Length", "Transfer-Encoding", "Connection"}) {
    if (!is_named(header, ours)) continue;
    throw Error{ErrorCode::data, fmt::format("the HTTP header '{}' is set by pcx itself", ours)};
  }
}

// Methods whose meaning expects a body say so also when it is empty (RFC 9110, 8.6).
bool wants_length(const Request& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
         request.method == "PATCH";
}

}  // namespace

std::string request_text(const Request& request, const Url& url, std::string_view user_agent) {
  check_method(request.method);
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
                                 request.method, url.target, url.authority());
  bool has_agent = false;
  for (const Header& header : request.headers) {
    check_header(header);
    has_agent = has_agent || is_named(header, "User-Agent");
    text += fmt::format("{}: {}\r\n", header.name, header.value);
  }
  if (!has_agent) text += fmt::format("User-Agent: {}\r\n", user_agent);
  if (wants_length(request)) text += fmt::format("Content-Length: {}\r\n", request.body.size());
  text += "\r\n";
  text += request.body;
  return text;
}

}  // namespace pcx::http
