#include "apikey/prune.h"

#include <algorithm>
#include <set>

#include "apikey/row_facts.h"
#include "apikey/sql.h"
#include "apikey/store.h"

namespace pcx::apikey {

std::optional<Time> not_taken_since(const Key& key, Time row_updated_at, Time now) {
  if (is_taken(standing_of(key, now))) return std::nullopt;
  std::optional<Time> since;
  const auto ended_at = [&](Time at) { since = std::min(since.value_or(at), at); };
  if (key.revoked) ended_at(key.revoked->at);
  if (key.expires_at && *key.expires_at <= now) ended_at(*key.expires_at);
  if (key.replaced && key.replaced->grace_until <= now) ended_at(key.replaced->grace_until);
  return since.value_or(row_updated_at);
}

std::vector<EndedKey> find_ended(db::Transaction& tx, Time before, Time now) {
  const auto facts = read_row_facts(tx);
  std::vector<EndedKey> ended;
  for (Key& key : list_keys(tx)) {
    const auto row = facts.find(key.row_id);
    if (row == facts.end()) continue;  // its row went between the two questions
    const auto since = not_taken_since(key, row->second.updated_at, now);
    if (!since || *since >= before) continue;
    ended.push_back({std::move(key), *since, row->second.holds_placeholder});
  }
  return ended;
}

std::vector<EndedKey> delete_ended(db::Transaction& tx, const std::vector<std::string>& ids,
                                   Time before, Time now) {
  tx.query(sql::lock_keys, {ids});
  const std::set<std::string> wanted{ids.begin(), ids.end()};
  std::vector<EndedKey> ended = find_ended(tx, before, now);
  std::erase_if(ended, [&](const EndedKey& each) {
    return !each.is_deletable || !wanted.contains(each.key.id);
  });
  std::vector<std::string> going;
  for (const EndedKey& each : ended) going.push_back(each.key.id);
  tx.query(sql::delete_keys, {going});
  tell_changes(tx, going);
  return ended;
}

}  // namespace pcx::apikey
