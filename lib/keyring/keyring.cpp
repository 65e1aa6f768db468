#include "keyring/keyring.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "crypto/constant_time.h"
#include "keyring/store.h"
#include "keyring/wrapped_key.h"

namespace pcx::keyring {

namespace {

bool has_its_check(const DataKey& key, const Secret& secret) {
  if (key.check.empty()) return true;
  return crypto::equal_in_constant_time(crypto::bytes_of(key_check(secret)),
                                        crypto::bytes_of(key.check));
}

Error closed(const DataKey& key) {
  Error error{ErrorCode::conflict,
              fmt::format("key {} is {}, and not used any more", key.id, to_string(key.state)),
              key.state == KeyState::destroyed
                  ? "Its wraps were deleted: nothing can open what it sealed, but an older backup."
                  : "It has to be put back to decrypt_only before anything is opened with it."};
  return error.because("key_state");
}

}  // namespace

Keyring::Keyring(Rows rows, Opener opener) : rows_(std::move(rows)), opener_(std::move(opener)) {
  for (std::size_t i = 0; i < rows_.wraps.size(); ++i) {
    if (rows_.wraps[i].kek == opener_.kek()) wraps_.emplace(rows_.wraps[i].key, i);
  }
  verify_rows(rows_, unwrap(rows_key_of(rows_).key));
  for (const KeyRow& row : rows_.keys) {
    if (row.key.state != KeyState::destroyed) unwrap(row.key);
  }
}

const KeyRow* Keyring::row_of(KeyId id) const {
  const auto found =
      std::lower_bound(rows_.keys.begin(), rows_.keys.end(), id,
                       [](const KeyRow& row, KeyId wanted) { return row.key.id < wanted; });
  return found == rows_.keys.end() || found->key.id != id ? nullptr : &*found;
}

const DataKey* Keyring::find(KeyId id) const {
  const KeyRow* row = row_of(id);
  return row == nullptr ? nullptr : &row->key;
}

const DataKey& Keyring::require(KeyId id) const {
  if (const DataKey* key = find(id)) return *key;
  throw Error{ErrorCode::not_found, fmt::format("there is no key {}", id),
              "To see which there are, run: pcx key status"};
}

const DataKey* Keyring::active(Purpose purpose) const {
  for (const KeyRow& row : rows_.keys) {
    if (row.key.purpose == purpose && row.key.state == KeyState::active) return &row.key;
  }
  return nullptr;
}

std::vector<const DataKey*> Keyring::openable(Purpose purpose) const {
  std::vector<const DataKey*> keys;
  for (const KeyRow& row : rows_.keys) {
    if (row.key.purpose == purpose && may_open(row.key)) keys.push_back(&row.key);
  }
  return keys;
}

std::int64_t Keyring::seal_count(KeyId id) const {
  const KeyRow* row = row_of(id);
  return row == nullptr ? 0 : row->seal_count;
}

std::size_t Keyring::wrap_count(KeyId id) const {
  const auto by_key = [](const WrapRow& left, const WrapRow& right) {
    return left.key < right.key;
  };
  const auto [first, last] =
      std::equal_range(rows_.wraps.begin(), rows_.wraps.end(), WrapRow{.key = id}, by_key);
  return static_cast<std::size_t>(last - first);
}

Secret Keyring::open(KeyId id) const {
  const DataKey& key = require(id);
  if (!may_open(key)) throw closed(key);
  return unwrap(key);
}

Secret Keyring::unwrap(const DataKey& key) const {
  const std::string name =
      fmt::format("the wrap of key {} under key-encryption key {}", key.id, opener_.kek());
  const auto wrap = wraps_.find(key.id);
  if (wrap == wraps_.end()) throw tampered(name, "is missing");
  auto secret = opener_.open(key, crypto::bytes_of(rows_.wraps[wrap->second].wrapped));
  if (!secret) throw tampered(name, "does not open");
  if (has_its_check(key, *secret)) return std::move(*secret);
  throw tampered(fmt::format("row {} of pcx.data_key", key.id), "has the check of another key");
}

Keyring open_keyring(db::Database& database, const std::vector<KekSource>& named,
                     const KekTools& tools) {
  Rows rows = require_rows(database);
  const Keks keks = load_keks(rows, named, tools);
  Opener opener = opener_of(keks, rows);
  return {std::move(rows), std::move(opener)};
}

Rows require_rows(db::Database& database) {
  if (auto rows = read_rows(database)) return std::move(*rows);
  throw Error{ErrorCode::not_found, fmt::format("{} has no keyring", database.described()),
              "To make one, see: pcx help key init"}
      .because("no_keyring");
}

}  // namespace pcx::keyring
