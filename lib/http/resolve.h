// Host names to addresses, without waiting longer than asked: getaddrinfo(3) cannot be cancelled.
#pragma once

#include <chrono>
#include <sys/socket.h>
#include <vector>

#include "core/interrupt.h"
#include "http/url.h"

namespace pcx::http {

inline constexpr std::size_t kAddressesMax = 8;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

// The addresses of url.host with url.port, in the resolver's order, at most kAddressesMax. The
// lookup runs in a thread of its own that is left behind when time is up.
//
// Throws Error{unreachable}, because "resolve" or "timeout"; Error{interrupted} or
// Error{terminated} soon after a stop was requested (`interrupt` may be nullptr).
std::vector<Address> resolve(const Url& url, std::chrono::steady_clock::time_point deadline,
                             const Interrupt* interrupt);

}  // namespace pcx::http
