#include "apikey/cidr.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::apikey {

namespace {

constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;
constexpr std::string_view kAddressCharacters = "0123456789abcdefABCDEF.:";

// A mask of at most `most` bits; std::nullopt when it is none.
std::optional<int> mask_of(std::string_view digits, int most) noexcept {
  if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) {
    return std::nullopt;
  }
  int bits = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    bits = bits * 10 + (c - '0');
  }
  return bits <= most ? std::optional{bits} : std::nullopt;
}

// The bits of byte `index` that are among the first `count` bits of all.
unsigned char kept_bits(std::size_t index, int count) noexcept {
  const int here = std::clamp(count - static_cast<int>(index) * 8, 0, 8);
  return static_cast<unsigned char>(0xff00 >> here);
}

}  // namespace

std::optional<Address> Address::parse(std::string_view text) noexcept {
  // inet_pton() reads to a NUL: one within `text` is refused here, with all that is no address.
  char copy[INET6_ADDRSTRLEN] = {};
  if (text.size() >= sizeof copy) return std::nullopt;
  if (text.find_first_not_of(kAddressCharacters) != std::string_view::npos) return std::nullopt;
  std::copy(text.begin(), text.end(), copy);
  Address address;
  if (::inet_pton(AF_INET, copy, address.bytes_.data()) == 1) return address;
  if (::inet_pton(AF_INET6, copy, address.bytes_.data()) != 1) return std::nullopt;
  address.is_v4_ = std::equal(kMapped.begin(), kMapped.end(), address.bytes_.begin());
  if (address.is_v4_) {
    std::copy(address.bytes_.begin() + kMapped.size(), address.bytes_.end(),
              address.bytes_.begin());
    std::fill(address.bytes_.begin() + 4, address.bytes_.end(), static_cast<unsigned char>(0));
  }
  return address;
}

std::string Address::text() const {
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(is_v4_ ? AF_INET : AF_INET6, bytes_.data(), text, sizeof text);
  return text;
}

bool Address::begins_as(const Address& other, int count) const noexcept {
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    if (((bytes_[i] ^ other.bytes_[i]) & kept_bits(i, count)) != 0) return false;
  }
  return true;
}

bool Address::ends_after(int count) const noexcept {
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    if ((bytes_[i] & ~kept_bits(i, count)) != 0) return false;
  }
  return true;
}

std::variant<Cidr, CidrFault> Cidr::parse(std::string_view text) noexcept {
  if (text.size() > kCidrBytesMax) return CidrFault::too_long;
  const std::size_t slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  if (host.find('%') != std::string_view::npos) return CidrFault::zone;
  const auto address = Address::parse(host);
  if (!address) return CidrFault::address;
  int bits = address->bits();
  if (slash != std::string_view::npos) {
    const bool is_mapped = address->is_v4() && host.find(':') != std::string_view::npos;
    const auto mask = mask_of(text.substr(slash + 1), is_mapped ? 128 : bits);
    if (!mask) return CidrFault::mask;
    // Of a mapped address some of the 96 bits in front are ones: a shorter mask leaves them out.
    if (is_mapped && *mask < kMappedBits) return CidrFault::host_bits;
    bits = is_mapped ? *mask - kMappedBits : *mask;
  }
  if (!address->ends_after(bits)) return CidrFault::host_bits;
  return Cidr{*address, bits};
}

bool Cidr::contains(const Address& address) const noexcept {
  return address.is_v4() == network_.is_v4() && network_.begins_as(address, bits_);
}

std::string Cidr::text() const { return fmt::format("{}/{}", network_.text(), bits_); }

const Cidr* first_containing(std::span<const Cidr> ranges, const Address& address) noexcept {
  const auto found =
      std::ranges::find_if(ranges, [&](const Cidr& each) { return each.contains(address); });
  return found == ranges.end() ? nullptr : &*found;
}

std::vector<Cidr> require_cidrs(std::span<const std::string> texts) {
  if (texts.size() > kCidrsMax) {
    throw Error{ErrorCode::usage, fmt::format("{} ranges are too many for one key", texts.size()),
                fmt::format("A key has at most {}: join ranges that are neighbours.", kCidrsMax)}
        .because("cidr");
  }
  std::vector<Cidr> ranges;
  for (const std::string& text : texts) {
    const auto parsed = Cidr::parse(text);
    if (const auto* const range = std::get_if<Cidr>(&parsed)) {
      ranges.push_back(*range);
      continue;
    }
    throw Error{
        ErrorCode::usage,
        fmt::format("'{}' is no range of addresses: {}",
                    escape_controls(std::string_view{text}.substr(0, kCidrBytesMax)),
                    to_string(std::get<CidrFault>(parsed))),
        "Ranges look like 10.1.0.0/16 or 2001:db8::/32; an address alone is a range of one."}
        .because("cidr");
  }
  return ranges;
}

const char* to_string(CidrFault fault) noexcept {
  switch (fault) {
    case CidrFault::too_long: return "too long";
    case CidrFault::address: return "no address";
    case CidrFault::zone: return "a zone";
    case CidrFault::mask: return "no mask";
    case CidrFault::host_bits: return "bits to the right of the mask";
  }
  return "unknown";
}

}  // namespace pcx::apikey
