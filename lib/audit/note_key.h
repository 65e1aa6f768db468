// The keys of signed notes (c2sp.org/signed-note), in the texts of golang.org/x/mod/sumdb/note:
//
//   verifier key  <name>+<id>+<base64(0x01 || public key)>
//   signing key   PRIVATE+KEY+<name>+<id>+<base64(0x01 || seed)>
//   id            SHA-256(name || 0x0a || 0x01 || public key), the first 4 bytes, as 8 hex digits
//
// 0x01 is Ed25519 (RFC 8032); nothing else is read. Names are UTF-8 without white space,
// control characters (below U+0020; nobody could open a note with them) and '+'.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/random.h"
#include "core/secret.h"
#include "crypto/ed25519.h"

namespace pcx::audit {

inline constexpr std::size_t kKeyNameBytesMax = 255;

// Whether a key, and who signs with it, may have this name. Go has no limit for its length.
bool is_key_name(std::string_view name) noexcept;

// Public: whom to believe.
class VerifierKey {
 public:
  // Throws Error{data} when the text is not exactly as above, or the id is another key's.
  static VerifierKey parse(std::string_view text);
  // Throws Error{data} for a name that is none.
  VerifierKey(std::string_view name, const crypto::Ed25519PublicKey& key);

  const std::string& name() const { return name_; }
  std::uint32_t id() const { return id_; }
  const crypto::Ed25519PublicKey& public_key() const { return key_; }
  std::string text() const;
  std::string label() const;  // "<name>+<id>": for messages
  bool verify(std::string_view message, crypto::Bytes signature) const;

  bool operator==(const VerifierKey&) const = default;

 private:
  std::string name_;
  crypto::Ed25519PublicKey key_;
  std::uint32_t id_;
};

// Secret: who signs.
class SigningKey {
 public:
  // Throws Error{data} for a name that is none. `random` must be fit for keys (SystemRandom).
  static SigningKey generate(std::string_view name, Random& random);
  // A line break at the end is not looked at, as files have one. Throws Error{crypto} when the text
  // is not exactly as above, or the id is another key's; the message holds nothing of it.
  static SigningKey parse(const Secret& text);

  // Without a line break.
  Secret text() const;
  const VerifierKey& verifier() const { return verifier_; }
  crypto::Ed25519Signature sign(std::string_view message) const {
    return signer_.sign(crypto::bytes_of(message));
  }

 private:
  SigningKey(std::string_view name, Secret seed);

  Secret seed_;
  crypto::Ed25519Signer signer_;
  VerifierKey verifier_;
};

}  // namespace pcx::audit
