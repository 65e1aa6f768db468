#include "apikey/issue.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "apikey/cidr.h"
#include "apikey/scan.h"
#include "apikey/scope.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::apikey {

namespace {

void require_plain(const char* what, const std::string& text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  const char* fault = text.empty()                            ? "is empty"
                      : text.size() > kNameBytesMax           ? "is too long"
                      : std::ranges::any_of(text, is_control) ? "has control characters"
                      : find_invalid_utf8(text)               ? "is not UTF-8"
                                                              : nullptr;
  if (fault == nullptr) return;
  throw Error{ErrorCode::usage, fmt::format("the {} of the key {}", what, fault),
              fmt::format("Give one of 1 to {} bytes without control characters.", kNameBytesMax)};
}

// What is stored in clear, and shown.
void require_no_key(const char* what, const std::string& text) {
  bool has_key = false;
  Scanner scanner{[&](const FoundKey&) { has_key = true; }};
  scanner.put(text);
  if (!has_key) return;
  throw Error{ErrorCode::usage, fmt::format("the {} of the key holds a whole key", what),
              "It would be stored in clear, and others can read it on the command line already: "
              "revoke that key, and say what this one is for."}
      .because("whole_key");
}

void require_text(const char* what, const std::string& text) {
  require_plain(what, text);
  require_no_key(what, text);
}

void require_rate(std::int64_t rate) {
  if (rate >= 1 && rate <= std::numeric_limits<std::int32_t>::max()) return;
  throw Error{ErrorCode::usage, fmt::format("{} is no rate", rate),
              "Give a whole number from 1 on, in the application's unit."};
}

Time to_milliseconds(Time time) {
  return Time{std::chrono::floor<std::chrono::milliseconds>(time)};
}

// Draws a key and its row's id.
Token draw(const IssueTools& tools, NewKey& key) {
  Token token = generate_token(key.kind, tools.random);
  key.id = token.id;
  key.row_id = uuid_v4(tools.random);
  key.hash = tools.hashers.hash(token.text.reveal_text());
  key.created_by = tools.by;
  return token;
}

// Whoever expires from then on never does, as it is read: sql/find_keys.sql.
constexpr Time kFirstUnknown{std::chrono::sys_days{std::chrono::year{2262} / 1 / 1}};

std::optional<Time> end_of_new(const Key& old, std::optional<Time> wanted, Time now) {
  if (wanted || !old.expires_at) return wanted;
  const Time made = std::clamp(old.made_at, Time{}, now);
  const auto life = *old.expires_at - made;
  if (life >= kFirstUnknown - now) return std::nullopt;
  return now + life;
}

NewKey successor_of(const Key& old) {
  return {.kind = old.kind == Kind::test ? Kind::test : Kind::live,
          .name = old.name,
          .scopes = old.scopes,
          .rate = old.rate,
          .owner = old.owner,
          .tenant = old.tenant,
          .cidrs = old.cidrs};
}

void require_taken(const Key& old, Time now) {
  const Standing standing = standing_of(old, now);
  if (standing == Standing::good) return;
  const bool has_successor = old.replaced.has_value();
  Error error{ErrorCode::conflict,
              has_successor
                  ? fmt::format("key {} was replaced by {} already", old.id, old.replaced->by)
                  : fmt::format("key {} is {} and cannot be rotated", old.id, to_string(standing)),
              !has_successor ? "Make a new one with 'pcx apikey create'."
              : old.revoked  ? "Rotate that one: nothing was changed."
                             : "Rotate that one, or revoke this one: nothing was changed."};
  throw error.because("not_taken");
}

}  // namespace

void require_valid(const Wish& wish, Time now) {
  require_text("name", wish.name);
  if (wish.owner) require_text("owner", *wish.owner);
  if (wish.tenant) require_text("tenant", *wish.tenant);
  for (const std::string& scope : wish.scopes) require_no_key("scope", scope);
  if (wish.rate) require_rate(*wish.rate);
  require_scopes(wish.scopes);
  require_cidrs(wish.cidrs);
  if (wish.expires_at && *wish.expires_at <= now) {
    throw Error{ErrorCode::usage, "the key would have expired already",
                "Give an end that is still to come: 90d, or 2027-01-31T12:00:00Z."};
  }
}

Token issue_key(db::Transaction& tx, const Wish& wish, const IssueTools& tools) {
  NewKey key{.kind = wish.kind,
             .name = wish.name,
             .scopes = wish.scopes,
             .rate = wish.rate,
             .owner = wish.owner,
             .tenant = wish.tenant};
  if (wish.expires_at) key.expires_at = to_milliseconds(*wish.expires_at);
  for (const Cidr& range : require_cidrs(wish.cidrs)) key.cidrs.push_back(range.text());
  Token token = draw(tools, key);
  insert_key(tx, key);
  return token;
}

Rotation rotate_key(db::Transaction& tx, const Key& old, std::chrono::milliseconds grace,
                    std::optional<Time> expires_at, Time now, const IssueTools& tools) {
  require_taken(old, now);
  NewKey key = successor_of(old);
  key.expires_at = end_of_new(old, expires_at, now);
  if (key.expires_at) key.expires_at = to_milliseconds(*key.expires_at);
  Token token = draw(tools, key);
  insert_key(tx, key);
  const auto grace_until = replace_key(tx, old.id, key.id, grace);
  if (grace_until) return {std::move(token), *grace_until, key.expires_at};
  throw Error{ErrorCode::conflict,
              fmt::format("key {} was replaced or revoked by somebody else meanwhile", old.id),
              "Nothing was changed. See 'pcx apikey show'."}
      .because("replaced_meanwhile");
}

}  // namespace pcx::apikey
