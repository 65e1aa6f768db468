// HMAC-SHA-256 (RFC 2104, FIPS 198-1), always with the full 32-byte tag.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "core/secret.h"
#include "crypto/bytes.h"

struct evp_mac_ctx_st;

namespace pcx::crypto {

inline constexpr std::size_t kHmacBytes = 32;
using HmacTag = std::array<std::byte, kHmacBytes>;

// One key, many messages: the key is hashed once. For one thread at a time. OpenSSL keeps the
// hashed key on its own heap and wipes it when the object ends.
class HmacSha256 {
 public:
  // Keys of any length, also none; HKDF has public ones (its salt), hence the second form.
  explicit HmacSha256(const Secret& key) : HmacSha256(key.reveal_bytes()) {}
  explicit HmacSha256(Bytes key);

  void update(Bytes bytes);
  void update(std::string_view text) { update(bytes_of(text)); }
  // The tag of everything since the last finish(); ready for the next message afterwards.
  HmacTag finish();
  void finish(std::span<std::byte, kHmacBytes> tag);

  HmacTag tag(std::string_view message);
  // Compares in constant time. A tag that is not 32 bytes long is never right.
  bool verify(std::string_view message, Bytes tag);

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

HmacTag hmac_sha256(const Secret& key, std::string_view message);

}  // namespace pcx::crypto
