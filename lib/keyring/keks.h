// The key-encryption keys of a keyring, fetched from where they are.
//
// Which keys there are is said by rows of the database, and whoever can write to it can change
// them. So a command is run only when the operator named it: never because a row says so. Files and
// variables are read as the rows say when none was named; somebody who can write to the database
// and knows what a variable or file of this machine holds could then put a keyring of his own in
// the place of this one. A named key-encryption key opens no other keyring.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/error.h"
#include "keyring/opener.h"

namespace pcx::keyring {

struct Keks {
  std::map<KekId, Secret> keys;    // of those that could be had
  std::map<KekId, Error> missing;  // why not, of the others; recovery keys are in neither
  std::optional<KekId> first_named;
};

// `named` by the operator, and all that the rows name but for commands.
// Throws Error{crypto} with reason "other_kek" when a named one belongs to no row, and what
// load_kek() throws for a named one. Runs a named command once for each row of a command that it
// may belong to.
Keks load_keks(const Rows& rows, const std::vector<KekSource>& named, const KekTools& tools);

// Whether `key` is the key-encryption key of this row: by the row's check, or since it opens the
// wrap of the rows key.
bool fits(const Rows& rows, const KekRow& kek, const Secret& key);

// The first that was named; when none was, one of `keks` that is a row of `rows`. Throws
// Error{busy} with reason "changed_meanwhile" when none is; when `keks` has none at all, why.
Opener opener_of(const Keks& keks, const Rows& rows);
// Whose private half it is. Throws Error{crypto} with reason "other_kek" when it is none's.
Opener opener_of(const Secret& recovery_pem, const Rows& rows);

}  // namespace pcx::keyring
