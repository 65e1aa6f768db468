// Data keys under key-encryption keys. A wrap fits one data key only: its id, purpose and format
// are part of the key that wraps it, so that a wrap moved to another row does not open.
//
//   label        = "pcx-dek-1\0" LP(id) LP(purpose) LP(format)
//   wrapping key = HKDF-SHA-256(key-encryption key, no salt, label)
//   wrap         = AES-256 key wrap with padding (RFC 5649) of the data key
//   recovery     = RSAES-OAEP with that label, for a private key that lies in a safe
//   check        = the first 8 bytes of HMAC-SHA-256(data key, "pcx-kcv-1")
#pragma once

#include <optional>
#include <string>

#include "core/random.h"
#include "core/secret.h"
#include "crypto/rsa_oaep.h"
#include "keyring/data_key.h"

namespace pcx::keyring {

inline constexpr std::size_t kDataKeyBytes = 32;
inline constexpr std::size_t kKeyCheckBytes = 8;

Secret make_data_key(Random& random);

// The label above, for whoever opens a recovery wrap without pcx.
std::string wrap_label(const DataKey& record);

// Throws Error{crypto} when `kek` is not 32 bytes long.
std::string wrap(const Secret& kek, const DataKey& record, const Secret& key);
// As wrap(); std::nullopt when it is not the wrap of this key under this key-encryption key.
std::optional<Secret> unwrap(const Secret& kek, const DataKey& record, crypto::Bytes wrapped);

std::string wrap_for_recovery(const crypto::RsaPublicKey& recovery, const DataKey& record,
                              const Secret& key);
std::optional<Secret> recover(const crypto::RsaPrivateKey& recovery, const DataKey& record,
                              crypto::Bytes wrapped);

// By it a key is known to be the right one; it does not tell the key. Not for keys that were a
// person's choice: those could be guessed by it.
std::string key_check(const Secret& key);

}  // namespace pcx::keyring
