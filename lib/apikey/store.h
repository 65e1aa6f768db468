// Tables pcx.apikey and api_keys, read and written together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apikey/key.h"
#include "db/database.h"

namespace pcx::apikey {

// Throws Error{not_found} with reason "no_api_keys" without the application's table, or
// "no_apikeys" when pcx has made or adopted none here.
void require_tables(db::Transaction& tx);

// By age.
std::vector<Key> list_keys(db::Transaction& tx);
// Those that there are, by age.
std::vector<Key> find_keys(db::Transaction& tx, const std::vector<std::string>& ids);

// What a new key brings along. Its row in api_keys holds the placeholder "pcx:<id>".
struct NewKey {
  std::string id;
  std::string row_id;
  Kind kind = Kind::live;
  std::string hash;  // 32 bytes
  keyring::KeyId pepper = 0;
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
// REQUIRES: schema pcx is current
void insert_key(db::Transaction& tx, const NewKey& key);

// Returns the ids of those that were not revoked before. Whoever listens is told when the
// transaction commits.
std::vector<std::string> revoke_keys(db::Transaction& tx, const std::vector<std::string>& ids,
                                     const std::string& by, const std::string& reason);

// False: it was replaced or revoked meanwhile. Whoever listens is told.
bool replace_key(db::Transaction& tx, const std::string& id, const std::string& by,
                 Time grace_until);

// "pcx:<id>", what api_keys.key holds instead of a key.
std::string placeholder(const std::string& id);

}  // namespace pcx::apikey
