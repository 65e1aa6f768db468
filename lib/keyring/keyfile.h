// The keyfile: how the application's host gets the keys. It holds them in plain, and so belongs to
// the application's user alone.
//
//   {"pcx_keyfile": 1, "written_at": "2026-11-28T06:00:00.000Z",
//    "write": {"field": 3},      purpose -> id of the key to seal with
//    "keys": {"1": {"purpose": "field", "format": "v1", "state": "decrypt_only",
//                   "key": base64 of its 32 bytes}, ...}}
//
// "write" names the active key of a purpose. Where a purpose "field" has none yet, it names the
// decrypt_only key of format v1, the one that the application seals with today, compromised or not;
// it is left out when there is none either. Which of several it is, nothing tells: the caller says.
// "keys" are those that may be opened.
// Readers ignore members that they do not know, and refuse another number.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "core/secret.h"
#include "keyring/keyring.h"

namespace pcx::keyring {

inline constexpr int kKeyfileVersion = 1;

struct Keyfile {
  Secret text;
  std::vector<KeyId> keys;       // in it
  std::vector<KeyId> seal_with;  // named by "write"
};

// `seal_with` is the key of purpose field that "write" shall name; std::nullopt: the only one.
//
// Throws Error{conflict} with reason "several_keys" when there are several and none is said, with
// "key_state" when `seal_with` is none of them, and Error{not_found} when it is no key.
// REQUIRES: `purposes` is not empty, and has no Purpose::rows
Keyfile make_keyfile(const Keyring& keyring, const std::set<Purpose>& purposes,
                     std::optional<KeyId> seal_with, Time now);

}  // namespace pcx::keyring
