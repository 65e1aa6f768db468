// The application's encrypted fields, "enc:v1:<nonce>:<tag>:<data>": AES-256-GCM without associated
// data, nonce 12 bytes, tag 16, each part standard base64 with padding; the key is the SHA-256 of
// the UTF-8 of FIELD_ENCRYPTION_KEY (Purple Cross, utils/field-crypto.ts). The ciphertext of '' is
// valid and ends with ':'.
//
// Length: 49 + 4 * ceil(n / 3) characters for n bytes.
#pragma once

#include "crypto/aead.h"
#include "crypto/field_cipher.h"

namespace pcx::crypto {

inline constexpr std::string_view kEncV1Prefix = "enc:v1:";

class EncV1 final : public FieldCipher {
 public:
  // `passphrase` is the text of FIELD_ENCRYPTION_KEY. Throws Error{crypto} when it is empty.
  explicit EncV1(const Secret& passphrase) : EncV1(FromKey{derive_key(passphrase)}) {}

  // The 32 bytes that are the key: for keyrings that keep them instead of the passphrase.
  // Throws Error{crypto} when `passphrase` is empty.
  static Secret derive_key(const Secret& passphrase);
  struct FromKey {
    Secret key;
  };
  // Throws Error{crypto} when the key is not 32 bytes long.
  explicit EncV1(const FromKey& derived) : cipher_(derived.key) {}

  std::string seal(std::string_view plaintext, Random& random) override;
  Opened open(std::string_view value) override;
  bool claims(std::string_view value) const override { return value.starts_with(kEncV1Prefix); }

 private:
  Aes256Gcm cipher_;
};

}  // namespace pcx::crypto
