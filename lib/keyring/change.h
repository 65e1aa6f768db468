// One change of the keyring: a transaction that locks it, so that changes come one after the other,
// verifies what is there, edits it as a value, makes the tags anew, writes the differences, and
// opens what it wrote again before it commits, durably, together with its journal entry.
//
// Killed at any instant, a change is done with its entry or not at all.
#pragma once

#include <functional>

#include "core/clock.h"
#include "core/random.h"
#include "db/database.h"
#include "db/journal.h"
#include "keyring/keks.h"
#include "keyring/keyring.h"

namespace pcx::keyring {

struct ChangeTools {
  db::Database& database;
  // Read and fetched before the lock, since a command may take its time.
  const Keks& keks;
  Clock& clock;
  Random& random;
  // The journal entry of a deed, as a query that runs in the deed's own transaction.
  std::function<db::Query(const db::Deed&)> journal;
  // Opens the keyring instead of `keks`, which then may be empty: a recovery key. nullptr: none.
  const Secret* recovery_pem = nullptr;
};

// What an edit works on.
struct Draft {
  const Keyring& now;
  Rows rows;  // to be changed; order, tags and generation are made afterwards
  Time time;  // of the change
  db::Transaction& tx;
};

// Returns the deed for the journal; its details are an object.
using Edit = std::function<db::Deed(Draft& draft)>;

// Returns the keyring as it is then; opened by the same key, or when that went, by one of
// `new_keks`, which are those that the edit brings along.
//
// Throws what the edit throws, Error{crypto} with reason "tag", Error{busy} with reason
// "changed_meanwhile", or when another change holds the keyring for 10 s.
Keyring change_keyring(const ChangeTools& tools, const Edit& edit, const Keks& new_keks = {});

// Opens what `rows` say with every key of `keks`, which are rows of it, so that nothing is
// committed that cannot be opened. Throws Error{crypto} with reason "tag", Error{conflict} with
// reason "kek_missing" when there are none.
Keyring open_with_each_of(const Keks& keks, const Rows& rows);

// The keyring's own tags are made with this key; of the one that is open.
Secret rows_key(const Keyring& keyring);

}  // namespace pcx::keyring
