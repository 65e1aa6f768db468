// The peppers that digests of API keys are made with: data keys of purpose pepper, from the
// keyring. New digests are made with the active one; those of before are known under the one that
// made them.
#pragma once

#include <string_view>
#include <vector>

#include "apikey/hash.h"
#include "core/secret.h"
#include "keyring/keyring.h"

namespace pcx::apikey {

struct Pepper {
  keyring::KeyId id = 0;
  Secret key;
};

// Throws Error{not_found} with reason "no_pepper" when none is active: without one no key can be
// made. The active one comes first, then those that may still be opened, by id.
std::vector<Pepper> peppers_of(const keyring::Keyring& keyring);

struct PepperedHash {
  keyring::KeyId pepper = 0;
  KeyHash hash{};
};

// Makes digests under every pepper. For one thread at a time.
class Hashers {
 public:
  // REQUIRES: `peppers` is not empty; the first is the active one
  explicit Hashers(const std::vector<Pepper>& peppers);

  keyring::KeyId active() const { return entries_.front().pepper; }
  PepperedHash hash(std::string_view key);                     // under the active one
  std::vector<PepperedHash> every_hash(std::string_view key);  // in order
  // nullptr: there is no such pepper here.
  KeyHasher* find(keyring::KeyId pepper);

 private:
  struct Entry {
    keyring::KeyId pepper;
    KeyHasher hasher;
  };
  std::vector<Entry> entries_;
};

}  // namespace pcx::apikey
