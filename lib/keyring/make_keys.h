// Data keys that come into the keyring: made here, or imported from the application's settings.
#pragma once

#include "core/secret.h"
#include "keyring/change.h"

namespace pcx::keyring {

// At least so many wraps has every key: a key that only one thing opens is lost with it.
inline constexpr std::size_t kWrapsMin = 2;

// Puts a key under every row of pcx.kek, recovery keys too; `keks` has all that are no recovery
// keys. Throws Error{conflict} with reason "too_few_keks", and why one of `keks` is missing.
void add_key(Rows& rows, const Keks& keks, const DataKey& key, const Secret& secret);

// One wrap. REQUIRES: `keks` has it, or it is a recovery key
std::string wrap_under(const KekRow& kek, const Keks& keks, const DataKey& key,
                       const Secret& secret);

// A random key, pending: readers come to know it before anything is sealed with it. Throws as
// change_keyring() and add_key().
DataKey create_key(const ChangeTools& tools, Purpose purpose);

// A field key of the application's: FIELD_ENCRYPTION_KEY (Format::v1) or ENCRYPTION_KEY
// (Format::json) as it is written there. No check is kept of it: it may be a person's word, which
// could be guessed by that.
//
// Throws Error{crypto} for a text that is no such key, Error{conflict} with reason "key_exists"
// when the keyring has this key, and as create_key(). REQUIRES: state is pending or decrypt_only
DataKey import_key(const ChangeTools& tools, Format format, const Secret& text, KeyState state);

}  // namespace pcx::keyring
