// The guide's encrypted fields, the JSON object {"encrypted":"..","iv":"..","tag":".."}:
// AES-256-GCM without associated data, nonce 16 bytes, tag 16, lower-case hex (production readiness
// guide, gap 28). The key is ENCRYPTION_KEY's 64 hex digits taken as bytes, not hashed.
//
// The column may be jsonb, which reorders members and adds blanks: order and white space between
// the tokens are free, all else is strict.
#pragma once

#include "crypto/aead.h"
#include "crypto/field_cipher.h"

namespace pcx::crypto {

class GuideEnvelope final : public FieldCipher {
 public:
  // `hex_key` is the text of ENCRYPTION_KEY: 64 digits, either case. Throws Error{crypto} otherwise
  // (Node would cut the key at the first bad digit).
  explicit GuideEnvelope(const Secret& hex_key) : cipher_(read_key(hex_key)) {}
  static Secret read_key(const Secret& hex_key);

  // The 32 bytes themselves: for keyrings. Throws Error{crypto} when there are more or fewer.
  struct FromKey {
    Secret key;
  };
  explicit GuideEnvelope(const FromKey& raw) : cipher_(raw.key) {}

  // Members in the guide's order, without blanks, as JSON.stringify writes them.
  std::string seal(std::string_view plaintext, Random& random) override;
  Opened open(std::string_view value) override;
  // Begins as an object does (after JSON white space) and names a member "encrypted" somewhere.
  bool claims(std::string_view value) const override;

 private:
  Aes256Gcm cipher_;
};

}  // namespace pcx::crypto
