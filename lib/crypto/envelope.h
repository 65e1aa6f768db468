// What the formats of encrypted fields have in common; private to this folder.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/random.h"
#include "crypto/aead.h"
#include "crypto/encoding.h"
#include "crypto/field_cipher.h"

namespace pcx::crypto {

// The parts as they are written in the value, still encoded.
struct EncodedParts {
  std::string_view nonce;
  std::string_view tag;
  std::string_view data;
};

// How a format writes bytes, and how long its nonce is.
struct Encoding {
  std::size_t (*bytes)(std::string_view text) noexcept;
  EncodingFault (*read)(std::string_view text, std::span<std::byte> bytes) noexcept;
  std::size_t nonce_bytes;  // 12 or 16
};

inline constexpr std::size_t kNonceBytesMax = 16;

// Decodes strictly, then decrypts in place; there is no associated data in either format.
Opened open_parts(Aes256Gcm& cipher, const Encoding& encoding, const EncodedParts& parts);

// The name of a fault of an encoding.
Refusal refusal_for(EncodingFault fault);

// Throws Error{crypto} when a plaintext is above kFieldBytesMax.
void require_field_size(std::size_t bytes);

// A sealed plaintext in its three parts, not yet encoded.
template <std::size_t nonce_bytes>
struct SealedParts {
  std::array<std::byte, nonce_bytes> nonce;
  std::array<std::byte, kAeadTagBytes> tag;
  std::string data;
};

// Encrypts under a nonce of its own. Throws as require_field_size().
template <std::size_t nonce_bytes>
SealedParts<nonce_bytes> seal_parts(Aes256Gcm& cipher, std::string_view plaintext, Random& random) {
  require_field_size(plaintext.size());
  SealedParts<nonce_bytes> sealed;
  random.fill(sealed.nonce);
  sealed.data.resize(plaintext.size());
  cipher.seal(sealed.nonce, {}, bytes_of(plaintext),
              std::as_writable_bytes(std::span{sealed.data.data(), sealed.data.size()}),
              sealed.tag);
  return sealed;
}

}  // namespace pcx::crypto
