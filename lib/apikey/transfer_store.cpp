#include "apikey/transfer_store.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "apikey/row_facts.h"
#include "apikey/sql.h"
#include "apikey/store.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "crypto/encoding.h"

namespace pcx::apikey {

namespace {

using keyring::DataKey;
using keyring::KeyId;
using keyring::Purpose;

constexpr std::size_t kKeysAtOnce = 1000;
constexpr std::size_t kNamedMax = 10;

const DataKey* pepper_with(const keyring::Keyring& keyring, const std::string& check) {
  for (const DataKey* key : keyring.openable(Purpose::pepper)) {
    if (key->check == check) return key;
  }
  return nullptr;
}

std::string named(const std::vector<std::string>& names) {
  std::vector<std::string> first{
      names.begin(),
      names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamedMax))};
  std::string text = join(first, ", ");
  if (names.size() > kNamedMax) text += fmt::format(" and {} more", names.size() - kNamedMax);
  return text;
}

Error no_pepper(const std::vector<std::string>& ids) {
  Error error{ErrorCode::crypto,
              fmt::format("this keyring does not have {} {} of the file, which keys in it need",
                          ids.size() == 1 ? "pepper" : "peppers", named(ids)),
              "Without its pepper a key is never recognised. Import into a database that has the "
              "same keyring, restored or copied with its key-encryption key; or make new keys. "
              "Nothing was imported."};
  return error.because("pepper");
}

Error taken(const std::vector<std::string>& conflicts) {
  Error error{
      ErrorCode::conflict,
      fmt::format("another key is here under an id, row or digest of {} of the file: {}",
                  counted(static_cast<long long>(conflicts.size()), "key"), named(conflicts)),
      "Look at both ('pcx apikey show ID'), and take one of them out. Nothing was "
      "imported."};
  return error.because("taken");
}

Error gone(const std::vector<std::string>& ids) {
  Error error{ErrorCode::conflict,
              fmt::format("{} of the file {} deleted here: {}",
                          counted(static_cast<long long>(ids.size()), "key"),
                          ids.size() == 1 ? "was" : "were", named(ids)),
              "What 'pcx apikey prune' deleted stays so: take its lines out of the file, with the "
              "number of keys in the first line. Nothing was imported."};
  return error.because("gone");
}

// What is here, by everything that has to be unique.
class Here {
 public:
  Here(const std::vector<TransferKey>& keys, const std::set<std::string>& rows,
       const std::set<std::string>& placeholders)
      : foreign_rows_(rows), placeholders_(placeholders) {
    for (const TransferKey& key : keys) {
      ids_.emplace(key.key.id, &key);
      rows_.emplace(key.key.row_id, &key);
      hashes_.emplace(key.key.hash, &key);
    }
  }

  // Any that has something of it; nullptr: there is none.
  const TransferKey* find(const Key& key) const {
    if (const auto found = ids_.find(key.id); found != ids_.end()) return found->second;
    if (const auto found = rows_.find(key.row_id); found != rows_.end()) return found->second;
    if (const auto found = hashes_.find(key.hash); found != hashes_.end()) return found->second;
    return nullptr;
  }
  bool is_foreign(const Key& key) const {
    return foreign_rows_.contains(key.row_id) || placeholders_.contains(key.id);
  }

 private:
  std::unordered_map<std::string, const TransferKey*> ids_;
  std::unordered_map<std::string, const TransferKey*> rows_;
  std::map<KeyHash, const TransferKey*> hashes_;
  const std::set<std::string>& foreign_rows_;
  const std::set<std::string>& placeholders_;
};

std::set<std::string> texts_in(const db::Result& rows, const char* column) {
  std::set<std::string> texts;
  for (const db::Row row : rows) {
    if (!row[column].is_null()) texts.insert(row[column].as<std::string>());
  }
  return texts;
}

void require_none_gone(db::Transaction& tx, const std::vector<TransferKey>& wanted,
                       const std::vector<std::string>& ids) {
  std::vector<std::string> digests;
  for (const TransferKey& key : wanted) digests.push_back(crypto::to_hex(key.key.hash));
  const db::Result rows = tx.query(sql::find_gone, {ids, digests});
  const auto gone_ids = texts_in(rows, "id");
  const auto gone_digests = texts_in(rows, "hash");
  std::vector<std::string> refused;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (gone_ids.contains(ids[i]) || gone_digests.contains(digests[i])) refused.push_back(ids[i]);
  }
  if (!refused.empty()) throw gone(refused);
}

}  // namespace

std::vector<TransferKey> read_transfer_keys(db::Transaction& tx) {
  const auto facts = read_row_facts(tx);
  std::vector<TransferKey> keys;
  for (Key& key : list_keys(tx)) {
    const auto found = facts.find(key.row_id);
    if (found == facts.end()) continue;  // its row is gone: nobody is let in by it
    const RowFacts& row = found->second;
    keys.push_back({std::move(key), row.has_permissions, row.created_at, row.updated_at});
  }
  return keys;
}

std::vector<TransferPepper> peppers_for(const std::vector<TransferKey>& keys,
                                        const keyring::Rows& rows) {
  std::set<KeyId> wanted;
  for (const TransferKey& key : keys) wanted.insert(key.key.pepper);
  std::vector<TransferPepper> peppers;
  for (const keyring::KeyRow& row : rows.keys) {
    if (wanted.erase(row.key.id) > 0) peppers.push_back({row.key.id, row.key.check});
  }
  if (wanted.empty()) return peppers;
  throw Error{ErrorCode::data,
              fmt::format("keys have pepper {}, and the keyring has no such key", *wanted.begin()),
              "Somebody changed the keyring without pcx: see 'pcx key status'."};
}

void adopt_peppers(Transfer& transfer, const keyring::Keyring& keyring) {
  std::set<KeyId> wanted;
  for (const TransferKey& key : transfer.keys) wanted.insert(key.key.pepper);
  std::map<KeyId, KeyId> here;
  std::vector<std::string> missing;
  for (const TransferPepper& pepper : transfer.peppers) {
    if (!wanted.contains(pepper.id)) continue;
    const DataKey* found = pepper_with(keyring, pepper.check);
    if (found == nullptr) missing.push_back(std::to_string(pepper.id));
    if (found != nullptr) here.emplace(pepper.id, found->id);
  }
  if (!missing.empty()) throw no_pepper(missing);
  for (TransferKey& key : transfer.keys) key.key.pepper = here.at(key.key.pepper);
}

ImportPlan plan_import(std::vector<TransferKey> wanted, const std::vector<TransferKey>& here,
                       const std::set<std::string>& rows_here,
                       const std::set<std::string>& placeholders_here) {
  const Here known{here, rows_here, placeholders_here};
  ImportPlan plan;
  std::vector<std::string> conflicts;
  for (TransferKey& key : wanted) {
    const TransferKey* other = known.find(key.key);
    const bool is_conflict =
        other == nullptr ? known.is_foreign(key.key) : !is_same_key(key.key, other->key);
    if (is_conflict) {
      conflicts.push_back(key.key.id);
    } else if (other == nullptr) {
      plan.fresh.push_back(std::move(key));
    } else if (is_same(key, *other)) {
      ++plan.identical;
    } else {
      plan.different.push_back(key.key.id);
    }
  }
  if (!conflicts.empty()) throw taken(conflicts);
  return plan;
}

ImportPlan plan_import(db::Transaction& tx, std::vector<TransferKey> wanted) {
  std::vector<std::string> ids;
  std::vector<std::string> row_ids;
  for (const TransferKey& key : wanted) {
    ids.push_back(key.key.id);
    row_ids.push_back(key.key.row_id);
  }
  const bool has_table = tx.query(sql::apikeys_exist).one()["exists"].as<bool>();
  if (has_table) require_none_gone(tx, wanted, ids);
  const db::Result foreign =
      tx.query(has_table ? sql::find_foreign_rows : sql::find_rows_in_the_way, {row_ids, ids});
  const auto here = has_table ? read_transfer_keys(tx) : std::vector<TransferKey>{};
  return plan_import(std::move(wanted), here, texts_in(foreign, "row_id"),
                     texts_in(foreign, "key_id"));
}

void write_import(db::Transaction& tx, const ImportPlan& plan) {
  for (std::size_t from = 0; from < plan.fresh.size(); from += kKeysAtOnce) {
    const std::size_t end = std::min(plan.fresh.size(), from + kKeysAtOnce);
    Document batch = Document::array();
    for (std::size_t i = from; i < end; ++i) batch.add(to_document(plan.fresh[i]));
    const std::string json = to_json(batch);
    tx.query(sql::import_rows, {json});
    tx.query(sql::import_keys, {json});
  }
  if (!plan.fresh.empty()) tx.query(sql::tell_change, {kToldAll});
}

}  // namespace pcx::apikey
