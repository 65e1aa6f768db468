#include "apikey/pepper.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::apikey {

using keyring::Purpose;

namespace {

Error no_pepper(const keyring::Keyring& keyring) {
  std::string hint =
      "Make one with 'pcx key create --purpose pepper', then run 'pcx key activate ID'.";
  for (const auto& row : keyring.rows().keys) {
    if (row.key.purpose != Purpose::pepper || row.key.state != keyring::KeyState::pending) continue;
    hint = fmt::format("Pepper {0} is pending: let it be used with 'pcx key activate {0}'.",
                       row.key.id);
  }
  Error error{ErrorCode::not_found, "the keyring has no active pepper for API keys",
              std::move(hint)};
  return error.because("no_pepper");
}

}  // namespace

std::vector<Pepper> peppers_of(const keyring::Keyring& keyring) {
  const keyring::DataKey* active = keyring.active(Purpose::pepper);
  if (active == nullptr) throw no_pepper(keyring);
  std::vector<Pepper> peppers;
  peppers.push_back({active->id, keyring.open(active->id)});
  for (const keyring::DataKey* key : keyring.openable(Purpose::pepper)) {
    if (key->id != active->id) peppers.push_back({key->id, keyring.open(key->id)});
  }
  return peppers;
}

Hashers::Hashers(const std::vector<Pepper>& peppers) {
  for (const Pepper& pepper : peppers) entries_.push_back({pepper.id, KeyHasher{pepper.key}});
}

PepperedHash Hashers::hash(std::string_view key) {
  Entry& active = entries_.front();
  return {active.pepper, active.hasher.hash(key)};
}

std::vector<PepperedHash> Hashers::every_hash(std::string_view key) {
  std::vector<PepperedHash> hashes;
  for (Entry& entry : entries_) hashes.push_back({entry.pepper, entry.hasher.hash(key)});
  return hashes;
}

KeyHasher* Hashers::find(keyring::KeyId pepper) {
  for (Entry& entry : entries_) {
    if (entry.pepper == pepper) return &entry.hasher;
  }
  return nullptr;
}

}  // namespace pcx::apikey
