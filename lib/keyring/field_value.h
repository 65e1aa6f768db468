// One encrypted value, in any of the three formats, with the keys of a keyring.
#pragma once

#include <string>
#include <string_view>

#include "core/random.h"
#include "crypto/field_cipher.h"
#include "keyring/keyring.h"

namespace pcx::keyring {

// Where a value belongs: enc:v2 knows its place, the others do not.
struct Cell {
  crypto::Column column;  // logical names
  std::string row;        // text of the primary key
};

// "clients.phone". Throws Error{usage}.
crypto::Column parse_column(std::string_view text);

struct OpenedValue {
  Secret plaintext;
  DataKey key;                   // that opened it
  bool is_sealed_twice = false;  // the plaintext is, or holds, an encrypted value itself
};

// Throws, for a value that does not open:
//   Error{data}       "not_encrypted": it claims none of the formats; or the name of a
//                     crypto::Refusal: "tag_truncated"
//   Error{not_found}  "unknown_key": it names a key that the keyring does not have; "no_key": there
//                     is no key for its format
//   Error{conflict}   "key_state": its key may not open any more
//   Error{crypto}     "not_authentic": of another row or column, under another key, or damaged;
//                     "ambiguous": several keys open it
OpenedValue open_value(const Keyring& keyring, const Cell& cell, std::string_view value);

// The key to seal with: `id`, or the active field key. Throws Error{not_found} with reason
// "no_active_key", Error{conflict} with reason "key_state" for one that does not seal.
const DataKey& sealing_key(const Keyring& keyring, std::optional<KeyId> id);

// The stored text, in the format of the key. The seal has to be counted before (store.h).
std::string seal_value(const Keyring& keyring, const DataKey& key, const Cell& cell,
                       std::string_view plaintext, Random& random);

}  // namespace pcx::keyring
