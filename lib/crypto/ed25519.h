// Ed25519 signatures (RFC 8032): for certificates that others check with the public key alone.
#pragma once

#include <array>

#include "core/random.h"
#include "core/secret.h"
#include "crypto/bytes.h"
#include "crypto/pkey.h"

namespace pcx::crypto {

inline constexpr std::size_t kEd25519KeyBytes = 32;  // of either key
inline constexpr std::size_t kEd25519SignatureBytes = 64;

using Ed25519PublicKey = std::array<std::byte, kEd25519KeyBytes>;
using Ed25519Signature = std::array<std::byte, kEd25519SignatureBytes>;

class Ed25519Signer {
 public:
  // The 32 bytes that RFC 8032 calls the private key; any will do, when they are random.
  static Secret make_key(Random& random);

  // Throws Error{crypto} when the key is not 32 bytes long.
  explicit Ed25519Signer(const Secret& private_key);

  const Ed25519PublicKey& public_key() const { return public_key_; }
  Ed25519Signature sign(Bytes message) const;

 private:
  Pkey key_;
  Ed25519PublicKey public_key_{};
};

// False for a public key that is none, too.
[[nodiscard]] bool verify_ed25519(const Ed25519PublicKey& public_key, Bytes message,
                                  Bytes signature);

}  // namespace pcx::crypto
