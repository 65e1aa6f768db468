// Keys out of a database and into another one (apikey/transfer.h). What is decided about them is
// pure; what is written is one transaction.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "apikey/transfer.h"
#include "db/database.h"
#include "keyring/keyring.h"

namespace pcx::apikey {

// All keys, by age; without those whose row in api_keys is gone.
// REQUIRES: `tx` is repeatable read
std::vector<TransferKey> read_transfer_keys(db::Transaction& tx);

// The peppers that `keys` need, with their checks. `rows` need not be verified: a check that is not
// true fits nothing elsewhere.
// Throws Error{data} for one that the keyring does not have.
std::vector<TransferPepper> peppers_for(const std::vector<TransferKey>& keys,
                                        const keyring::Rows& rows);

// Gives each key the id that its pepper has in `keyring`, which is known by its check.
// Throws Error{crypto} with reason "pepper", naming those that keys need and `keyring` has not, or
// does not open any more.
void adopt_peppers(Transfer& transfer, const keyring::Keyring& keyring);

struct ImportPlan {
  std::vector<TransferKey> fresh;      // to be written
  std::int64_t identical = 0;          // here already
  std::vector<std::string> different;  // the same key, of which something else is said here
};

// What is here has the last word about a key that both have: it may have been revoked meanwhile.
// `rows_here` are ids of api_keys that belong to no key of pcx, `placeholders_here` the ids of the
// keys whose placeholder stands in such a row.
// Throws Error{conflict} with reason "taken" for another key under an id, row or digest that is
// here, naming up to ten. Of a key that was used meanwhile the digest may be under another pepper.
ImportPlan plan_import(std::vector<TransferKey> wanted, const std::vector<TransferKey>& here,
                       const std::set<std::string>& rows_here,
                       const std::set<std::string>& placeholders_here);
// The same, with what the database has; it need not have a table of keys yet.
// Throws Error{conflict} with reason "gone", too, for keys that were deleted here (apikey/prune.h),
// naming up to ten: nobody shall bring back what was revoked.
ImportPlan plan_import(db::Transaction& tx, std::vector<TransferKey> wanted);

// REQUIRES: schema pcx is current
void write_import(db::Transaction& tx, const ImportPlan& plan);

}  // namespace pcx::apikey
