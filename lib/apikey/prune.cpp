#include "apikey/prune.h"

#include <algorithm>
#include <set>

#include "apikey/row_facts.h"
#include "apikey/sql.h"
#include "apikey/store.h"
#include "core/time.h"

namespace pcx::apikey {

namespace {

constexpr const char* kNoRow = "no row";  // in the place of api_keys.status: not active

Time server_now(db::Transaction& tx) {
  return parse_rfc3339(tx.query(sql::read_clock).one()["now"].as<std::string>()).value();
}

Kept kept_for(const RowFacts& row, const std::optional<Time>& since) {
  if (!row.holds_placeholder) return Kept::text;
  return since ? Kept::no : Kept::time;
}

// What is not there may come back with a restored table: only who revoked such a key has ended it.
void add_rowless(db::Transaction& tx, Time before, std::vector<EndedKey>& ended) {
  const db::Result rows = tx.query(sql::list_rowless_keys);
  for (const db::Row row : rows) {
    Key key{.id = row["id"].as<std::string>(), .row_id = row["row_id"].as<std::string>()};
    key.status = kNoRow;
    key.owner = db::nullable<std::string>(row["owner"]);
    std::optional<Time> since;
    if (const auto at = db::nullable<std::string>(row["revoked_at"])) since = parse_rfc3339(*at);
    if (since && *since >= before) continue;
    const Kept kept = since ? Kept::no : Kept::row;
    ended.push_back({.key = std::move(key), .since = since, .has_row = false, .kept = kept});
  }
}

}  // namespace

std::optional<Time> not_taken_since(const Key& key, std::optional<Time> row_updated_at, Time now) {
  std::optional<Time> since;
  const auto ended_at = [&](Time at) { since = std::min(since.value_or(at), at); };
  if (key.revoked) ended_at(key.revoked->at);
  if (key.expires_at && *key.expires_at <= now) ended_at(*key.expires_at);
  if (key.replaced && key.replaced->grace_until <= now) ended_at(key.replaced->grace_until);
  return since ? since : row_updated_at;
}

Ended find_ended(db::Transaction& tx, std::chrono::milliseconds for_longer) {
  const auto facts = read_row_facts(tx);
  Ended ended{.now = server_now(tx), .keys = {}};
  const Time before = ended.now - for_longer;
  for (Key& key : list_keys(tx)) {
    const auto row = facts.find(key.row_id);
    if (row == facts.end()) continue;  // has none, or it came between the two questions
    if (is_taken(standing_of(key, ended.now))) continue;
    const auto since = not_taken_since(key, row->second.updated_at, ended.now);
    if (since && *since >= before) continue;
    ended.keys.push_back({std::move(key), since, true, kept_for(row->second, since)});
  }
  add_rowless(tx, before, ended.keys);
  return ended;
}

Ended delete_ended(db::Transaction& tx, const std::vector<std::string>& ids,
                   std::chrono::milliseconds for_longer) {
  tx.query(sql::lock_keys, {ids});
  const std::set<std::string> wanted{ids.begin(), ids.end()};
  Ended ended = find_ended(tx, for_longer);
  std::erase_if(ended.keys, [&](const EndedKey& each) {
    return !each.is_deletable() || !wanted.contains(each.key.id);
  });
  std::vector<std::string> going;
  for (const EndedKey& each : ended.keys) going.push_back(each.key.id);
  tx.query(sql::delete_keys, {going});
  tell_changes(tx, going);
  return ended;
}

std::int64_t count_old_usage(db::Transaction& tx) {
  return tx.query(sql::count_old_usage, {kUsageYearsMax}).one()["n"].as<std::int64_t>();
}

std::int64_t delete_old_usage(db::Transaction& tx) {
  return tx.query(sql::delete_old_usage, {kUsageYearsMax}).one()["n"].as<std::int64_t>();
}

}  // namespace pcx::apikey
