// Where a load test may go: to this machine and to private networks; elsewhere only when somebody
// has said so, since a mistaken target is an attack on a stranger.
#pragma once

#include <string_view>

#include <boost/asio/ip/address.hpp>

#include "load/origins.h"

namespace pcx::load {

// Loopback, link-local and private: 127/8, 10/8, 172.16/12, 192.168/16, 169.254/16, 100.64/10
// (RFC 1122, 1918, 3927, 6598); ::1, fc00::/7, fe80::/10 (RFC 4291, 4193), and IPv4 addresses
// inside of IPv6 ones. Also 0.0.0.0 and ::, from which connect() makes this machine.
bool is_near(const boost::asio::ip::address& address);

// What a user's request to one that is not near is counted as, and what to do about it.
inline constexpr std::string_view kPublicAddressError = "ERR_PUBLIC_ADDRESS";
inline constexpr std::string_view kPublicAddressHint =
    "A load test of a stranger's server is an attack. When the server is yours, repeat the command "
    "with --yes.";

// Asks the system's resolver. With `allows_public` for every address, otherwise an address that is
// not near is refused, at each resolution. Thread-safe.
// The function throws Error{unreachable}, reason "resolve", for a name that is not found, and
// Error{permission}, reason "public_address", whose hint names --yes.
Resolve system_resolve(bool allows_public);

}  // namespace pcx::load
