// Addresses and ranges of them in questions about the trail. Pure.
//
// What rows hold is text of others: mostly an address, sometimes an IPv4 address that is written as
// IPv6 (::ffff:10.0.0.1, what a socket for both sees), and sometimes none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pcx::audit {

struct Network {
  bool is_v4 = true;
  // "10.0.0.0/8": as PostgreSQL's cidr, always with the mask. An IPv4 address that is written as
  // IPv6 is that IPv4 address.
  std::string text;
  bool operator==(const Network&) const = default;
};

// An address, or a range without bits to the right of its mask; std::nullopt for everything else,
// zones (fe80::1%eth0) among it.
std::optional<Network> parse_network(std::string_view text);

}  // namespace pcx::audit
