// What opens the wraps of one row of pcx.kek: the key-encryption key itself, or the private half of
// a recovery key.
#pragma once

#include <optional>
#include <variant>

#include "core/secret.h"
#include "crypto/rsa_oaep.h"
#include "keyring/rows.h"

namespace pcx::keyring {

class Opener {
 public:
  Opener(KekId kek, Secret key) : kek_(kek), key_(std::move(key)) {}
  // Anybody can seal for a recovery key: what it opens may be a forgery by whoever can write to the
  // database.
  Opener(KekId kek, crypto::RsaPrivateKey key) : kek_(kek), key_(std::move(key)) {}

  KekId kek() const { return kek_; }
  // std::nullopt when it is not the wrap of this key under this key-encryption key.
  std::optional<Secret> open(const DataKey& record, crypto::Bytes wrapped) const;

 private:
  KekId kek_;
  std::variant<Secret, crypto::RsaPrivateKey> key_;
};

}  // namespace pcx::keyring
