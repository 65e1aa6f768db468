#include "load/addresses.h"

#include <chrono>
#include <cstring>

#include <fmt/format.h>

#include "core/error.h"
#include "http/resolve.h"

namespace pcx::load {

namespace {

using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;
using boost::asio::ip::tcp;

constexpr std::chrono::seconds kPatience{10};

struct Network {
  std::uint32_t address;
  int length;
};
constexpr Network kNearNetworks[] = {
    {0x7f000000, 8},   // 127/8
    {0x0a000000, 8},   // 10/8
    {0xac100000, 12},  // 172.16/12
    {0xc0a80000, 16},  // 192.168/16
    {0xa9fe0000, 16},  // 169.254/16
    {0x64400000, 10},  // 100.64/10
};

bool is_near_v4(const address_v4& address) {
  if (address.is_unspecified()) return true;
  for (const Network& network : kNearNetworks) {
    const std::uint32_t mask = ~std::uint32_t{0} << (32 - network.length);
    if ((address.to_uint() & mask) == network.address) return true;
  }
  return false;
}

bool is_near_v6(const address_v6& address) {
  if (address.is_v4_mapped()) {
    return is_near_v4(boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address));
  }
  const bool is_unique_local = (address.to_bytes()[0] & 0xfe) == 0xfc;
  return address.is_unspecified() || address.is_loopback() || address.is_link_local() ||
         is_unique_local;
}

tcp::endpoint endpoint_of(const http::Address& address) {
  tcp::endpoint endpoint;
  endpoint.resize(address.size);
  std::memcpy(endpoint.data(), &address.storage, address.size);
  return endpoint;
}

void require_near(const tcp::endpoint& endpoint, const http::Url& url) {
  if (is_near(endpoint.address())) return;
  throw Error{ErrorCode::permission,
              fmt::format("{} is at {}, which is a public address", url.origin(),
                          endpoint.address().to_string()),
              std::string{kPublicAddressHint}}
      .because("public_address");
}

}  // namespace

bool is_near(const boost::asio::ip::address& address) {
  return address.is_v4() ? is_near_v4(address.to_v4()) : is_near_v6(address.to_v6());
}

Resolve system_resolve(bool allows_public) {
  return [allows_public](const http::Url& url) {
    std::vector<tcp::endpoint> endpoints;
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    for (const http::Address& address : http::resolve(url, deadline, nullptr)) {
      endpoints.push_back(endpoint_of(address));
      if (!allows_public) require_near(endpoints.back(), url);
    }
    return endpoints;
  };
}

}  // namespace pcx::load
