#include "keyring/opener.h"

#include "keyring/wrapped_key.h"

namespace pcx::keyring {

std::optional<Secret> Opener::open(const DataKey& record, crypto::Bytes wrapped) const {
  if (const Secret* kek = std::get_if<Secret>(&key_)) return unwrap(*kek, record, wrapped);
  return recover(std::get<crypto::RsaPrivateKey>(key_), record, wrapped);
}

}  // namespace pcx::keyring
