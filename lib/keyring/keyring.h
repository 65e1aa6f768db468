// A keyring, opened and verified: every tag fits, and every data key that is not destroyed opens
// and has its check. It is a value of one moment; others may change the keyring meanwhile.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/secret.h"
#include "db/database.h"
#include "keyring/keks.h"
#include "keyring/opener.h"
#include "keyring/rows.h"

namespace pcx::keyring {

class Keyring {
 public:
  // Throws Error{crypto} with reason "tag", naming the row, for whatever was changed without pcx.
  Keyring(Rows rows, Opener opener);

  std::int64_t generation() const { return rows_.generation; }
  const Rows& rows() const { return rows_; }  // in order

  // nullptr when there is none.
  const DataKey* find(KeyId id) const;
  // Throws Error{not_found}.
  const DataKey& require(KeyId id) const;
  // The key that seals; nullptr when there is none.
  const DataKey* active(Purpose purpose) const;
  // Those that may_open(), by id.
  std::vector<const DataKey*> openable(Purpose purpose) const;
  std::int64_t seal_count(KeyId id) const;
  std::size_t wrap_count(KeyId id) const;

  // The key itself. Throws Error{not_found}, and Error{conflict} with reason "key_state" for a key
  // that may not open in its state.
  Secret open(KeyId id) const;
  // The same whatever its state, for wrapping it anew. REQUIRES: not destroyed
  Secret unwrap(const DataKey& key) const;
  const Opener& opener() const { return opener_; }

 private:
  const KeyRow* row_of(KeyId id) const;

  Rows rows_;
  Opener opener_;
  std::map<KeyId, std::size_t> wraps_;  // that `opener_` opens: data key -> index into rows_.wraps
};

// Reads it, fetches its key-encryption keys and opens it with one of them.
// Throws Error{not_found} with reason "no_keyring", and as load_keks() and Keyring do.
Keyring open_keyring(db::Database& database, const std::vector<KekSource>& named,
                     const KekTools& tools);

// As read_rows(). Throws Error{not_found} with reason "no_keyring".
Rows require_rows(db::Database& database);

}  // namespace pcx::keyring
