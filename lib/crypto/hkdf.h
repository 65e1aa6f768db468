// HKDF-SHA-256 (RFC 5869): many keys from one.
#pragma once

#include <string_view>

#include "core/secret.h"
#include "crypto/bytes.h"

namespace pcx::crypto {

inline constexpr std::size_t kHkdfBytesMax = 255 * 32;

// `size` bytes derived from `key_material`. An empty salt means 32 zero bytes (RFC 5869, 2.2).
// `info` says what the key is for and keeps keys of different purposes apart.
//
// About 2 us: derive once per column, not once per value.
// Throws Error{crypto} when size is 0 or above kHkdfBytesMax.
Secret hkdf_sha256(const Secret& key_material, Bytes salt, std::string_view info, std::size_t size);

}  // namespace pcx::crypto
