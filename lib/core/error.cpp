#include "core/error.h"

#include <fmt/format.h>

namespace pcx {

std::string to_string(const Location& location) {
  std::string text = location.file;
  for (const int number : {location.line, location.column}) {
    if (number == 0) break;
    if (!text.empty()) text += ':';
    text += fmt::format("{}", number);
  }
  return text;
}

Error& Error::at(Location location) {
  location_ = std::move(location);
  return *this;
}

Error& Error::because(std::string reason) {
  reason_ = std::move(reason);
  return *this;
}

Error& Error::with_sqlstate(std::string state) {
  sqlstate_ = std::move(state);
  return *this;
}

Error& Error::with_detail(std::string detail) {
  detail_ = std::move(detail);
  return *this;
}

const char* to_string(ErrorCode code) noexcept {
  switch (code) {  // no default: -Wswitch names the code that somebody forgot
    case ErrorCode::declined: return "declined";
    case ErrorCode::critical: return "critical";
    case ErrorCode::unknown: return "unknown";
    case ErrorCode::usage: return "usage";
    case ErrorCode::data: return "data";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::unreachable: return "unreachable";
    case ErrorCode::internal: return "internal";
    case ErrorCode::cannot_create: return "cannot_create";
    case ErrorCode::io: return "io";
    case ErrorCode::busy: return "busy";
    case ErrorCode::unsafe_connection: return "unsafe_connection";
    case ErrorCode::permission: return "permission";
    case ErrorCode::config: return "config";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::crypto: return "crypto";
    case ErrorCode::interrupted: return "interrupted";
    case ErrorCode::terminated: return "terminated";
  }
  return "internal";
}

}  // namespace pcx
