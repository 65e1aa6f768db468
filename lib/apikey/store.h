// Tables pcx.apikey and api_keys, read and written together. Whoever listens to channel pcx_apikey
// is told of every change when its transaction commits: a lookup id, or "*" for more than one by
// one.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apikey/key.h"
#include "apikey/pepper.h"
#include "db/database.h"

namespace pcx::apikey {

inline constexpr const char* kChannel = "pcx_apikey";
inline constexpr const char* kToldAll = "*";
// How long a command waits for keys that somebody else has locked.
inline constexpr std::chrono::seconds kLockPatience{5};

// Throws Error{not_found} with reason "no_api_keys" without the application's table.
void require_application_table(db::Transaction& tx);

// The same, and Error{not_found} with reason "no_apikeys" when schema pcx has no table for keys
// yet.
void require_tables(db::Transaction& tx);

// By age. Rows that hold their key in plain are not among them; keys whose row is gone are, with
// status "" and "(row is gone)" for a name.
std::vector<Key> list_keys(db::Transaction& tx);
// Those of `ids` that there are, by age.
std::vector<Key> find_keys(db::Transaction& tx, const std::vector<std::string>& ids);

// The same, and nobody changes those of them that have their row, nor that row, until `tx` is over.
// Throws Error{busy} with SQLSTATE 55P03 when somebody else has them for longer than `patience`.
std::vector<Key> lock_keys(db::Transaction& tx, const std::vector<std::string>& ids,
                           std::chrono::milliseconds patience = kLockPatience);

// Rows of api_keys that hold a key in plain.
std::int64_t count_plain_rows(db::Transaction& tx);

// Who is asked for by what was presented: the key with one of its digests under the same pepper, or
// else, where a row may still hold it so, in plain. std::nullopt: nobody. The work is the same,
// whatever there is.
std::optional<Key> find_presented(db::Transaction& tx, std::span<const PepperedHash> hashes,
                                  const std::optional<std::string>& plain);
// The same in a statement of its own: one round trip.
std::optional<Key> find_presented(db::Database& database, std::span<const PepperedHash> hashes,
                                  const std::optional<std::string>& plain);

// What a new key brings along. Its row in api_keys holds the placeholder "pcx:<id>".
struct NewKey {
  std::string id;
  std::string row_id;
  Kind kind = Kind::live;
  PepperedHash hash;
  std::string name;
  std::vector<std::string> scopes;
  std::optional<std::int64_t> rate;
  std::optional<Time> expires_at;
  std::optional<std::string> owner;
  std::optional<std::string> tenant;
  std::vector<std::string> cidrs;
  std::string created_by;
};

// Throws Error{conflict} for a lookup id that is taken: draw another one.
// Throws as require_active_pepper(), too.
// REQUIRES: schema pcx is current
void insert_key(db::Transaction& tx, const NewKey& key);

// Throws Error{conflict} with reason "pepper_changed" when another one was activated since the
// keyring was read.
void require_active_pepper(db::Transaction& tx, keyring::KeyId pepper);

// Rows that have a digest under it; 0 without a table for keys. Of a pepper that is not active the
// number never grows again, so that 0 is for ever and it can be retired:
//
// Every statement that makes a digest writes it under the pepper that is active in its own
// snapshot, whatever keyring its process has read, and holds its lock of the table from before that
// snapshot to its commit. (Only an import brings digests of before along. One at the very moment of
// a retirement may leave keys that are refused until the pepper is reopened: `pcx doctor` tells,
// and `pcx key destroy` counts again.) Counting takes a lock (SHARE) that waits for all of these;
// whoever writes later sees that the pepper is not active any more. Verifiers that still have it
// loaded compare with it, and find nothing.
//
// REQUIRES: that the pepper is not active was committed before `tx` began; tx is READ COMMITTED
// Throws Error{busy} when somebody writes keys for seconds on end.
std::int64_t count_digests_under(db::Transaction& tx, keyring::KeyId pepper);

// In pcx.apikey alone, which is enough for each of them to be refused: their status in api_keys is
// for mark_revoked() (apikey/revoke.h), once this has committed. Returns the ids of those that were
// not revoked before. Throws Error{busy} with SQLSTATE 55P03 when somebody else has one for longer
// than kLockPatience.
std::vector<std::string> revoke_keys(db::Transaction& tx, const std::vector<std::string>& ids,
                                     const std::string& by, const std::string& reason);

// Until when it is taken all the same; std::nullopt: it was replaced or revoked meanwhile, and
// nothing is changed. `grace` counts from the server's clock; without any it is revoked, too, with
// reason "rotated", so that it is refused whatever a verifier's clock says. REQUIRES: there is the
// key `by`, and `id` is not waited for: lock_keys()
std::optional<Time> replace_key(db::Transaction& tx, const std::string& id, const std::string& by,
                                std::chrono::milliseconds grace);

// Its digest under another pepper, for the one that it has now: the key stays what it is, nobody is
// told. False when somebody else was faster, or when `made` is not under the active pepper of the
// database: whose peppers are older than that must not take a key back to them. In a transaction of
// its own, which waits for nobody longer than a second.
bool rehash_key(db::Database& database, const Key& key, const PepperedHash& made);

// What is told of the uses of one key on one day.
struct Uses {
  std::string row_id;
  std::string key_id;  // "" of a row that holds its key in plain: only row_id's time is told
  std::chrono::sys_days day{};  // in UTC
  std::int64_t calls = 0;       // that it was taken for
  std::int64_t refused = 0;
  std::optional<Time> last_used_at;  // of the last that it was taken for; std::nullopt: none
};

// Adds them to pcx.apikey_usage, and moves api_keys."lastUsedAt" forward where it is earlier, in a
// transaction of its own that waits for nobody longer than a second. A row that somebody has locked
// is passed over, and so are keys that are gone.
void record_uses(db::Database& database, std::span<const Uses> uses);

// Tells whoever listens that these have changed, when `tx` commits.
void tell_changes(db::Transaction& tx, const std::vector<std::string>& ids);

// "pcx:<id>", what api_keys.key holds instead of a key.
std::string placeholder(const std::string& id);

}  // namespace pcx::apikey
