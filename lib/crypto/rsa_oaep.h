// Keys sealed for whoever has the private half: RSAES-OAEP with SHA-256 and MGF1-SHA-256 (RFC 8017,
// section 7.1). For recovery: what is sealed now can be opened later with a key that lies in a safe
// meanwhile, also by `openssl pkeyutl`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/secret.h"
#include "crypto/bytes.h"
#include "crypto/pkey.h"

namespace pcx::crypto {

inline constexpr unsigned kRsaBits = 3072;

class RsaPublicKey {
 public:
  // From DER, as SubjectPublicKeyInfo (RFC 5280, 4.1). Throws Error{crypto} for what is none of at
  // least kRsaBits.
  explicit RsaPublicKey(Bytes der);
  // From PEM ("BEGIN PUBLIC KEY"), as to_pem() writes it. Throws as the constructor.
  static RsaPublicKey from_pem(std::string_view pem);

  std::string to_der() const;
  std::string to_pem() const;  // RFC 7468, as `openssl rsa -pubout` writes it
  // `label` is authenticated and must be given again to open. Throws Error{crypto} for a key of
  // more than 300 bytes.
  std::string seal(const Secret& key, Bytes label) const;

 private:
  Pkey key_;
};

class RsaPrivateKey {
 public:
  // Made anew; takes some tenths of a second.
  static RsaPrivateKey generate();
  // From PEM, PKCS#8 ("BEGIN PRIVATE KEY") without a passphrase. Throws Error{crypto} for what is
  // none of at least kRsaBits.
  explicit RsaPrivateKey(const Secret& pem);

  Secret to_pem() const;
  RsaPublicKey public_key() const;
  // std::nullopt when it was not sealed so for this key, or is damaged.
  std::optional<Secret> open(Bytes sealed, Bytes label) const;

 private:
  explicit RsaPrivateKey(Pkey key);

  Pkey key_;
};

}  // namespace pcx::crypto
