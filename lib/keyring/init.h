// The first keyring of a database.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "crypto/rsa_oaep.h"
#include "keyring/change.h"

namespace pcx::keyring {

struct InitTools {
  db::Database& database;
  const KekTools& kek;
  Clock& clock;
  Random& random;
  std::function<db::Query(const db::Deed&)> journal;
  std::function<crypto::RsaPrivateKey()> make_recovery = crypto::RsaPrivateKey::generate;
};

struct NewKeyring {
  std::vector<std::filesystem::path> files;  // that were made now
  KeyId rows_key = 0;
  KeyId signing_key = 0;
};

// What refuses init_keyring() at once, for those who have something to prepare in between.
void require_room_for_keyring(db::Database& database, const std::filesystem::path& recovery_file);

// A key-encryption key (made where `source` is a file that does not exist, or a command), a pair of
// recovery keys whose private half goes to the new file `recovery_file` and nowhere else, a key for
// the tags of the rows, and an active signing key; in one transaction. The files are durable before
// it commits. When it does not commit the recovery file is removed again, the key-encryption key
// stays, see MadeFiles; when that is in doubt both stay.
//
// Killed before the commit it leaves its files and no keyring: the next init reads the
// key-encryption key that is there, and wants the recovery file to be cleared away first.
//
// REQUIRES: schema pcx is current.
// Throws Error{conflict} with reason "keyring_exists", Error{cannot_create} with reason "exists"
// for a recovery file that is there, and as make_kek().
NewKeyring init_keyring(const InitTools& tools, const KekSource& source,
                        const std::filesystem::path& recovery_file);

}  // namespace pcx::keyring
