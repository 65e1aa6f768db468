// The rows of the keyring in the database (schema pcx, step 3), read and written as they are:
// nothing is verified here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "keyring/rows.h"

namespace pcx::keyring {

// All of one moment; std::nullopt when there is no keyring, or no table for one.
// Throws Error{crypto} with reason "tag" for a word or time that pcx never writes.
std::optional<Rows> read_rows(db::Database& database);

// For the rest of the transaction: its commit is durable, it waits for nobody longer than 10 s, and
// no other change of the keyring is under way. Returns the rows as they are then; throws as
// read_rows().
std::optional<Rows> lock_rows(db::Transaction& tx);
// The rows as this transaction sees them.
// REQUIRES: there is a keyring.
Rows read_rows_again(db::Transaction& tx);

KeyId next_key_id(db::Transaction& tx);
KekId next_kek_id(db::Transaction& tx);

// The first keyring. Throws Error{conflict} with reason "keyring_exists" when there is one, or
// another session has just committed one.
void insert_rows(db::Transaction& tx, const Rows& rows);
// What differs: new rows, deleted KEKs and wraps, and of data keys what may change (states, times).
// REQUIRES: both in order; the keyring is locked
void write_changes(db::Transaction& tx, const Rows& before, const Rows& after);

// What is known of keys without the key-encryption key: for suggestions, not to be trusted.
struct ListedKey {
  KeyId id = 0;
  std::string purpose;
  std::string format;
  std::string state;
};
std::vector<ListedKey> list_keys(db::Database& database);  // newest first, at most 200
struct ListedKek {
  KekId id = 0;
  std::string place;  // "file:/etc/pcx/kek", "recovery"
};
std::vector<ListedKek> list_keks(db::Database& database);

// At most that many values for each key, SP 800-38D, 8.3: nonces are random.
inline constexpr std::int64_t kSealsMax = std::int64_t{1} << 32;

// Before `count` values are sealed with a key, in the same transaction. Returns the new sum.
// Throws Error{conflict} with reason "seal_budget" when the key may not seal that many any more.
std::int64_t count_seals(db::Transaction& tx, KeyId key, std::int64_t count);

// After values were sealed: a sum that is too high is better than one that is not true.
void record_seals(db::Transaction& tx, KeyId key, std::int64_t count);

}  // namespace pcx::keyring
