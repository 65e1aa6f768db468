// Addresses and ranges of them: where a key may be used from. Pure.
//
// Ranges are those of PostgreSQL's cidr: no bits to the right of the mask, no mask means the
// address alone. Stricter than cidr: an IPv4 address has all its four numbers, and numbers have no
// leading zeros. An IPv4 address that is written as IPv6 (::ffff:a.b.c.d, what a socket for both
// sees) is that IPv4 address, in ranges, too; so "::/0" is all of IPv6 and no IPv4. Zones
// (fe80::1%eth0) are refused: they mean something on one machine only.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pcx::apikey {

inline constexpr std::size_t kCidrBytesMax = 49;  // an IPv6 address with an IPv4 tail, and "/128"
inline constexpr std::size_t kCidrsMax = 64;      // of one key

class Address {
 public:
  // std::nullopt for everything but one address, without brackets and port.
  static std::optional<Address> parse(std::string_view text) noexcept;

  bool is_v4() const noexcept { return is_v4_; }
  // "10.0.0.1", "2001:db8::1": the shortest text (RFC 5952).
  std::string text() const;

  bool operator==(const Address&) const = default;

 private:
  friend class Cidr;

  int bits() const noexcept { return is_v4_ ? 32 : 128; }
  // Whether the first `count` bits are the same in both.
  bool begins_as(const Address& other, int count) const noexcept;
  // Whether all bits behind the first `count` are zero.
  bool ends_after(int count) const noexcept;

  bool is_v4_ = true;
  std::array<unsigned char, 16> bytes_{};  // in network order; of IPv4 the first four
};

enum class CidrFault {
  too_long,   // above kCidrBytesMax
  address,    // no address, or "" before the mask
  zone,       // behind '%'
  mask,       // no number of bits without leading zeros, or too many
  host_bits,  // bits to the right of the mask
};

class Cidr {
 public:
  static std::variant<Cidr, CidrFault> parse(std::string_view text) noexcept;

  bool contains(const Address& address) const noexcept;
  // "10.0.0.0/8": always with the mask, as PostgreSQL writes it.
  std::string text() const;

  bool operator==(const Cidr&) const = default;

 private:
  Cidr(const Address& network, int bits) : network_(network), bits_(bits) {}

  Address network_;
  int bits_ = 0;
};

// The first range that contains the address; nullptr: none. What an empty list means is for the
// caller to say.
const Cidr* first_containing(std::span<const Cidr> ranges, const Address& address) noexcept;

// The list of a key that is about to be made. Throws Error{usage} with reason "cidr" for the first
// that is refused, naming it, and for more than kCidrsMax.
std::vector<Cidr> require_cidrs(std::span<const std::string> texts);

// "bits to the right of the mask": a phrase for messages.
const char* to_string(CidrFault fault) noexcept;

}  // namespace pcx::apikey
