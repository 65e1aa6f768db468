#include "apikey/amend.h"

#include <fmt/format.h>

#include "apikey/cidr.h"
#include "apikey/issue.h"
#include "apikey/sql.h"
#include "apikey/store.h"
#include "core/error.h"
#include "core/time.h"

namespace pcx::apikey {

namespace {

Document to_document(const std::string& text) { return text; }
Document to_document(std::int64_t number) { return number; }
Document to_document(Time time) { return to_rfc3339(time); }
Document to_document(const std::vector<std::string>& texts) {
  Document list = Document::array();
  for (const std::string& text : texts) list.add(text);
  return list;
}
template <typename T>
Document to_document(const std::optional<T>& value) {
  return value ? to_document(*value) : Document{};
}

// Takes a change over into `key`, and notes it down when it is one.
template <typename T>
void change(Document& changes, const char* name, T& now, const T& wanted) {
  if (wanted == now) return;
  Document entry = Document::object();
  entry.set("from", to_document(now));
  entry.set("to", to_document(wanted));
  changes.set(name, std::move(entry));
  now = wanted;
}

template <typename T>
void take(Document& changes, const char* name, T& now, const std::optional<T>& wanted) {
  if (wanted) change(changes, name, now, *wanted);
}

template <typename T>
void take(Document& changes, const char* name, std::optional<T>& now,
          const std::optional<Replacing<T>>& wanted) {
  if (wanted) change(changes, name, now, wanted->value);
}

std::vector<std::string> as_postgresql_has_them(const std::vector<std::string>& ranges) {
  std::vector<std::string> texts;
  for (const Cidr& range : require_cidrs(ranges)) texts.push_back(range.text());
  return texts;
}

Document apply(Key& key, const Amendment& wanted) {
  Document changes = Document::object();
  take(changes, "name", key.name, wanted.name);
  take(changes, "owner", key.owner, wanted.owner);
  take(changes, "tenant", key.tenant, wanted.tenant);
  take(changes, "scopes", key.scopes, wanted.scopes);
  if (wanted.cidrs) change(changes, "cidrs", key.cidrs, as_postgresql_has_them(*wanted.cidrs));
  take(changes, "rate", key.rate, wanted.rate);
  auto end = wanted.expires_at;
  if (end && end->value) {
    end->value = Time{std::chrono::floor<std::chrono::milliseconds>(*end->value)};
  }
  take(changes, "expires_at", key.expires_at, end);
  return changes;
}

Key lock_key(db::Transaction& tx, const std::string& id) {
  // A key whose row is gone has nothing to change, and is refused.
  auto keys = lock_keys(tx, {id});
  if (!keys.empty() && keys.front().has_row) return std::move(keys.front());
  throw Error{ErrorCode::not_found, fmt::format("there is no API key {}", id),
              "See 'pcx apikey list --all'."}
      .because("no_such_key");
}

}  // namespace

void require_valid(const Amendment& amendment, Time now) {
  const auto value_of = [](const auto& replacing) {
    return replacing ? replacing->value : decltype(replacing->value){};
  };
  require_valid(Wish{.name = amendment.name.value_or("the same"),
                     .scopes = amendment.scopes.value_or(std::vector<std::string>{}),
                     .rate = value_of(amendment.rate),
                     .expires_at = value_of(amendment.expires_at),
                     .owner = value_of(amendment.owner),
                     .tenant = value_of(amendment.tenant),
                     .cidrs = amendment.cidrs.value_or(std::vector<std::string>{})},
                now);
}

Document amend_key(db::Transaction& tx, const std::string& id, const Amendment& amendment) {
  Key key = lock_key(tx, id);
  Document changes = apply(key, amendment);
  if (changes.members().empty()) return changes;
  // Only what is different: what else the application wrote stays as it wrote it.
  const auto is_changed = [&](const char* name) { return changes.find(name) != nullptr; };
  std::optional<std::string> expires_at;
  if (key.expires_at) expires_at = to_rfc3339_us(*key.expires_at);
  tx.query(sql::amend_row, {key.row_id, key.name, is_changed("scopes"), key.scopes, key.rate,
                            is_changed("expires_at"), expires_at});
  tx.query(sql::amend_key, {id, key.owner, key.tenant, key.cidrs});
  tell_changes(tx, {id});
  return changes;
}

}  // namespace pcx::apikey
