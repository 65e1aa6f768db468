// A request as the target server reads it: HTTP/1.1 (RFC 9112), strict, without a copy of anything.
// Shares no code with the engine that is tested against it.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace pcx::load {

inline constexpr std::size_t kTargetHeadBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kTargetBodyBytesMax = std::size_t{16} * 1024 * 1024;

struct TargetRequest {
  std::string_view method{};
  std::string_view target{};   // as it came
  std::string_view path{};     // of it, without the query
  std::string_view query{};    // without "?"
  std::string_view headers{};  // their lines, each with its end
  std::string_view authorization{};
  std::string_view content_type{};
  std::string_view body{};
  bool is_old = false;  // HTTP/1.0
  bool keeps_alive = true;

  // Each header in its order.
  void for_each_header(
      const std::function<void(std::string_view name, std::string_view value)>& take) const;
};

struct ReadTargetRequest {
  int refusal = 0;        // its status: 400, 411, 413, 431 or 505; 0: none
  std::size_t bytes = 0;  // of the whole request; 0: more have to come
  TargetRequest request;  // REQUIRES: bytes > 0, and that they are still there
};

// The request that `bytes` begin with. Refused: what is no HTTP, a request without a Host or with
// two, a body in chunks (411), heads and bodies beyond the limits above, other versions.
ReadTargetRequest read_target_request(std::string_view bytes);

}  // namespace pcx::load
