// Data keys: what values are sealed with. This is what is known of a key, and what may become of
// it; the key itself is in wrapped_key.h, the rows are in store.h. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/document.h"
#include "crypto/enc_v2.h"

namespace pcx::keyring {

using crypto::KeyId;

enum class Purpose {
  field,        // values of columns
  blind_index,  // keyed digests of values, to search by
  pepper,       // digests of API keys
  signing,      // certificates of `pcx key verify`
  rows,         // the tags of the keyring's own rows
};

// Of the values that a field key seals and opens.
enum class Format {
  v2,    // enc:v2, names its key
  v1,    // the application's enc:v1
  json,  // the guide's object
};

// pending -> active -> decrypt_only -> retired -> destroyed. There is at most one active key for a
// purpose.
enum class KeyState {
  pending,       // readers know it, nothing is sealed with it
  active,        // seals and opens
  decrypt_only,  // opens
  retired,       // its wraps are kept, opening is refused; it can come back
  destroyed,     // its wraps are deleted: what it sealed can never be opened again
};

const char* to_string(Purpose purpose) noexcept;
const char* to_string(Format format) noexcept;
const char* to_string(KeyState state) noexcept;
// std::nullopt for a name that none of them has.
std::optional<Purpose> purpose_of(std::string_view name) noexcept;
std::optional<Format> format_of(std::string_view name) noexcept;
std::optional<KeyState> state_of(std::string_view name) noexcept;

struct DataKey {
  KeyId id = 0;
  Purpose purpose = Purpose::field;
  Format format = Format::v2;
  KeyState state = KeyState::pending;
  bool compromised = false;  // somebody else may know it: rotate first
  Time created_at{};
  std::optional<Time> activated_at;
  std::optional<Time> retired_at;
  std::optional<Time> destroyed_at;
  // key_check() of it; "" for a legacy key, which a check value would help to guess.
  std::string check;
};

// Whether one step leads from one state to the other.
bool may_become(KeyState from, KeyState to) noexcept;
bool may_seal(const DataKey& key) noexcept;
bool may_open(const DataKey& key) noexcept;

// Throws Error{conflict} with reason "key_state", naming the key, what it is and what would have to
// come first.
void require_may_become(const DataKey& key, KeyState to);

// All of it in one text, the same for equal keys only: what the tag of its row covers.
std::string canonical(const DataKey& key);

}  // namespace pcx::keyring
