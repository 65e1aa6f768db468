#include "audit/network.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace pcx::audit {

namespace {

constexpr std::size_t kTextBytesMax = 49;  // an IPv6 address with an IPv4 tail, and "/128"
constexpr int kMappedBits = 96;

struct Address {
  bool is_v4 = true;
  std::array<unsigned char, 16> bytes{};
  int bits() const { return is_v4 ? 32 : 128; }
};

std::optional<Address> parse_address(const std::string& text) {
  Address address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) return address;
  address.is_v4 = false;
  if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::optional<int> parse_mask(std::string_view text, int most) {
  int bits = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), bits);
  const bool is_plain = !text.empty() && (text.size() == 1 || text[0] != '0') && text[0] != '-';
  if (!is_plain || fault != std::errc{} || end != text.data() + text.size() || bits > most) {
    return std::nullopt;
  }
  return bits;
}

bool ends_after(const Address& address, int bits) {
  for (int bit = bits; bit < address.bits(); ++bit) {
    const auto byte = address.bytes[static_cast<std::size_t>(bit / 8)];
    if (((byte >> (7 - bit % 8)) & 1) != 0) return false;
  }
  return true;
}

bool is_mapped(const Address& address) {
  const auto first = address.bytes.begin();
  return !address.is_v4 && std::all_of(first, first + 10, [](auto byte) { return byte == 0; }) &&
         address.bytes[10] == 0xff && address.bytes[11] == 0xff;
}

std::string text_of(const Address& address, int bits) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  inet_ntop(address.is_v4 ? AF_INET : AF_INET6, address.bytes.data(), buffer.data(), buffer.size());
  return fmt::format("{}/{}", buffer.data(), bits);
}

}  // namespace

std::optional<Network> parse_network(std::string_view text) {
  if (text.size() > kTextBytesMax || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::size_t slash = text.find('/');
  auto address = parse_address(std::string{text.substr(0, slash)});
  if (!address) return std::nullopt;
  int bits = address->bits();
  if (slash != std::string_view::npos) {
    const auto mask = parse_mask(text.substr(slash + 1), bits);
    if (!mask || !ends_after(*address, *mask)) return std::nullopt;
    bits = *mask;
  }
  if (is_mapped(*address) && bits >= kMappedBits) {
    std::copy(address->bytes.begin() + 12, address->bytes.end(), address->bytes.begin());
    address->is_v4 = true;
    bits -= kMappedBits;
  }
  return Network{address->is_v4, text_of(*address, bits)};
}

}  // namespace pcx::audit
