// AES-256 key wrap: keys encrypted under a key, without a nonce (RFC 3394, RFC 5649; NIST SP
// 800-38F). pcx wraps with padding, which takes keys of any size; the plain form is for what others
// wrapped.
#pragma once

#include <optional>
#include <string>

#include "core/secret.h"
#include "crypto/bytes.h"

namespace pcx::crypto {

inline constexpr std::size_t kKeyWrapKeyBytes = 32;
inline constexpr std::size_t kWrappedKeyBytesMax = 64 * 1024;

enum class KeyWrap {
  plain,   // RFC 3394: a multiple of 8 bytes, at least 16; 8 bytes longer when wrapped
  padded,  // RFC 5649: at least 1 byte; 8 bytes longer than the next multiple of 8
};

// Throws Error{crypto} when `wrapping_key` is not 32 bytes long, or `key` has a size that the form
// does not take or is longer than kWrappedKeyBytesMax.
std::string wrap_key(KeyWrap form, const Secret& wrapping_key, const Secret& key);

// std::nullopt when it was not wrapped so under this key, or is damaged.
// Throws Error{crypto} when `wrapping_key` is not 32 bytes long.
std::optional<Secret> unwrap_key(KeyWrap form, const Secret& wrapping_key, Bytes wrapped);

}  // namespace pcx::crypto
