#include "apikey/store.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "apikey/sql.h"
#include "core/error.h"
#include "core/time.h"
#include "crypto/encoding.h"
#include "db/lock_limit.h"

namespace pcx::apikey {

namespace {

// What is written beside the answer to a request is not worth waiting for.
constexpr std::chrono::seconds kTellingPatience{1};

// More ids than that are told as "*": whoever listens forgets all that he knows.
constexpr std::size_t kToldOneByOne = 100;
constexpr std::chrono::seconds kCountLockWait{3};

Error strange(const std::string& id, const char* what) {
  return Error{ErrorCode::data, fmt::format("pcx.apikey, key {}: {}", id, what),
               "Somebody wrote it without pcx. Revoke the key, or restore the row."};
}

std::optional<Time> time_in(const db::Field& field, const std::string& id) {
  const auto text = db::nullable<std::string>(field);
  if (!text) return std::nullopt;
  if (const auto time = parse_rfc3339(*text)) return time;
  throw strange(id, "a time that pcx does not know");
}

// Of the application's own columns. Beyond the years that pcx knows it says nothing.
std::optional<Time> application_time(const db::Field& field) {
  const auto text = db::nullable<std::string>(field);
  return text ? parse_rfc3339(*text) : std::nullopt;
}

// The columns of pcx.apikey alone.
void take_ours(Key& key, const db::Row& row) {
  const auto kind = kind_of(row["kind"].as<std::string_view>());
  const auto digest = crypto::from_hex(row["hash"].as<std::string_view>()).value_or("");
  const auto hash = key_hash_of(crypto::bytes_of(digest));
  if (!kind || !hash) throw strange(key.id, "a kind or digest that pcx does not know");
  key.kind = *kind;
  key.hash = *hash;
  key.pepper = row["pepper"].as<int>();
  key.owner = db::nullable<std::string>(row["owner"]);
  key.tenant = db::nullable<std::string>(row["tenant"]);
  key.cidrs = row["cidrs"].as<std::vector<std::string>>();
  key.created_by = row["created_by"].as<std::string>();
  if (const auto at = time_in(row["revoked_at"], key.id)) {
    key.revoked = Revocation{*at, db::nullable<std::string>(row["revoked_by"]).value_or(""),
                             db::nullable<std::string>(row["revoke_reason"]).value_or("")};
  }
  if (const auto until = time_in(row["grace_until"], key.id)) {
    key.replaced = Replacement{row["replaced_by"].as<std::string>(), *until};
  }
}

Key to_key(const db::Row& row) {
  Key key{.id = row["id"].as<std::string>(), .row_id = row["row_id"].as<std::string>()};
  key.kind = Kind::adopted;
  key.name = row["name"].as<std::string>();
  key.scopes = row["scopes"].as<std::vector<std::string>>();
  key.rate = db::nullable<std::int64_t>(row["rate"]);
  key.status = row["status"].as<std::string>();
  key.created_at = application_time(row["created_at"]).value_or(Time{});
  key.made_at = key.created_at;
  key.expires_at = time_in(row["expires_at"], key.id);
  key.last_used_at = application_time(row["last_used_at"]);
  if (!key.id.empty()) take_ours(key, row);
  return key;
}

std::vector<Key> to_keys(const db::Result& rows) {
  std::vector<Key> keys;
  for (const db::Row row : rows) keys.push_back(to_key(row));
  return keys;
}

// Of find_keys.sql.
std::vector<Key> to_known_keys(const db::Result& rows) {
  std::vector<Key> keys = to_keys(rows);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    keys[i].has_row = rows[i]["has_row"].as<bool>();
    keys[i].made_at = application_time(rows[i]["made_at"]).value_or(keys[i].created_at);
  }
  return keys;
}

// A digest under another pepper than its own is nobody's, and hides no key that stands in plain.
std::optional<Key> presented_key(const db::Result& rows, std::span<const PepperedHash> hashes) {
  std::optional<Key> in_plain;
  for (Key& key : to_keys(rows)) {
    if (key.id.empty()) {
      in_plain = std::move(key);
    } else if (std::ranges::any_of(hashes, [&](const PepperedHash& each) {
                 return each.pepper == key.pepper && each.hash == key.hash;
               })) {
      return std::move(key);
    }
  }
  return in_plain;
}

std::vector<std::string> digests_of(std::span<const PepperedHash> hashes) {
  std::vector<std::string> digests;
  for (const PepperedHash& each : hashes) digests.push_back(crypto::to_hex(each.hash));
  return digests;
}

std::optional<std::string> text_of(const std::optional<Time>& time) {
  if (!time) return std::nullopt;
  return to_rfc3339_us(*time);
}

Error pepper_changed(keyring::KeyId pepper) {
  Error error{ErrorCode::conflict, fmt::format("pepper {} is not the active one any more", pepper),
              "Somebody activated another one meanwhile. Run the same command again."};
  return error.because("pepper_changed");
}

}  // namespace

void require_application_table(db::Transaction& tx) {
  const db::Result found = tx.query(sql::application_table_exists);
  if (found.one()["exists"].as<bool>()) return;
  throw Error{ErrorCode::not_found, "there is no table public.api_keys",
              "Run the application's migrations first: pcx migrate up."}
      .because("no_api_keys");
}

void require_tables(db::Transaction& tx) {
  require_application_table(tx);
  const db::Result found = tx.query(sql::apikeys_exist);
  if (found.one()["exists"].as<bool>()) return;
  throw Error{ErrorCode::not_found, "pcx has no API keys in this database",
              "Make one with 'pcx apikey create', or adopt those that are there in plain."}
      .because("no_apikeys");
}

std::vector<Key> list_keys(db::Transaction& tx) {
  return to_known_keys(tx.query(sql::find_keys, {nullptr}));
}

std::vector<Key> find_keys(db::Transaction& tx, const std::vector<std::string>& ids) {
  return to_known_keys(tx.query(sql::find_keys, {ids}));
}

std::vector<Key> lock_keys(db::Transaction& tx, const std::vector<std::string>& ids,
                           std::chrono::milliseconds patience) {
  tx.query(db::limit_lock_wait(patience));
  tx.query(sql::lock_keys, {ids});
  return find_keys(tx, ids);
}

std::int64_t count_plain_rows(db::Transaction& tx) {
  return tx.query(sql::count_plain_rows).one()["n"].as<std::int64_t>();
}

std::optional<Key> find_presented(db::Transaction& tx, std::span<const PepperedHash> hashes,
                                  const std::optional<std::string>& plain) {
  return presented_key(tx.query(sql::find_presented, {digests_of(hashes), plain}), hashes);
}

std::optional<Key> find_presented(db::Database& database, std::span<const PepperedHash> hashes,
                                  const std::optional<std::string>& plain) {
  return presented_key(database.query(sql::find_presented, {digests_of(hashes), plain}), hashes);
}

void insert_key(db::Transaction& tx, const NewKey& key) {
  tx.query(sql::insert_row, {key.row_id, key.name, placeholder(key.id), key.scopes, key.rate,
                             text_of(key.expires_at)});
  const db::Result inserted = tx.query(
      sql::insert_key, {key.id, key.row_id, to_string(key.kind), crypto::Bytes{key.hash.hash},
                        key.hash.pepper, key.owner, key.tenant, key.cidrs, key.created_by});
  // Whatever the pepper is by now: without this, half a key would be committed.
  if (inserted.empty()) throw pepper_changed(key.hash.pepper);
}

void require_active_pepper(db::Transaction& tx, keyring::KeyId pepper) {
  if (!tx.query(sql::find_active_pepper, {pepper}).empty()) return;
  throw pepper_changed(pepper);
}

std::int64_t count_digests_under(db::Transaction& tx, keyring::KeyId pepper) {
  const db::Result found = tx.query(sql::apikeys_exist);
  if (!found.one()["exists"].as<bool>()) return 0;
  tx.query(db::limit_lock_wait(kCountLockWait));
  tx.query(db::Query{"apikey.lock_keys"}.sql("LOCK TABLE pcx.apikey IN SHARE MODE"));
  return tx.query(sql::count_digests_under, {pepper}).one()["n"].as<std::int64_t>();
}

std::vector<std::string> revoke_keys(db::Transaction& tx, const std::vector<std::string>& ids,
                                     const std::string& by, const std::string& reason) {
  std::vector<std::string> revoked;
  tx.query(db::limit_lock_wait(kLockPatience));
  const db::Result rows = tx.query(sql::revoke_keys, {ids, by, reason});
  for (const db::Row row : rows) revoked.push_back(row["id"].as<std::string>());
  tell_changes(tx, revoked);
  return revoked;
}

std::optional<Time> replace_key(db::Transaction& tx, const std::string& id, const std::string& by,
                                std::chrono::milliseconds grace) {
  const db::Result rows =
      tx.query(sql::replace_key, {id, by, static_cast<std::int64_t>(grace.count())});
  if (rows.empty()) return std::nullopt;
  tell_changes(tx, {id});
  return time_in(rows[0]["grace_until"], id);
}

bool rehash_key(db::Database& database, const Key& key, const PepperedHash& made) {
  db::Transaction tx = database.begin();
  tx.query(db::limit_lock_wait(kTellingPatience));
  const db::Result rows = tx.query(sql::rehash_key, {key.id, crypto::Bytes{key.hash}, key.pepper,
                                                     crypto::Bytes{made.hash}, made.pepper});
  tx.commit();
  return !rows.empty();
}

void record_uses(db::Database& database, std::span<const Uses> uses) {
  std::vector<std::string> rows, keys, days, calls, refused, times;
  for (const Uses& each : uses) {
    rows.push_back(each.row_id);
    keys.push_back(each.key_id);
    days.push_back(to_rfc3339(Time{each.day}).substr(0, std::string_view{"2026-01-31"}.size()));
    calls.push_back(std::to_string(each.calls));
    refused.push_back(std::to_string(each.refused));
    times.push_back(text_of(each.last_used_at).value_or(""));
  }
  db::Transaction tx = database.begin();
  tx.commit_after({db::limit_lock_wait(kTellingPatience),
                   db::Query{sql::record_uses, {rows, keys, days, calls, refused, times}}});
}

void tell_changes(db::Transaction& tx, const std::vector<std::string>& ids) {
  if (ids.size() > kToldOneByOne) {
    tx.query(sql::tell_change, {kToldAll});
    return;
  }
  for (const std::string& id : ids) tx.query(sql::tell_change, {id});
}

std::string placeholder(const std::string& id) { return "pcx:" + id; }

}  // namespace pcx::apikey
