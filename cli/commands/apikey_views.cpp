#include "cli/commands/apikey_views.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using apikey::Key;
using apikey::Verdict;

Cell time_or_null(const std::optional<Time>& time) { return time ? Cell{*time} : Cell{}; }

Cell text_or_null(const std::optional<std::string>& text) {
  return text ? Cell{escape_controls(*text)} : Cell{};
}

Cell number_or_null(const std::optional<std::int64_t>& number) {
  return number ? Cell{*number} : Cell{};
}

std::vector<std::string> escaped(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const std::string& text : texts) all.push_back(escape_controls(text));
  return all;
}

Document list_of(const std::vector<std::string>& texts) {
  Document list = Document::array();
  for (const std::string& text : escaped(texts)) list.add(text);
  return list;
}

void set_end(Document& tree, const Key& key) {
  if (key.revoked) {
    tree.set("revoked_at", Document{Cell{key.revoked->at}});
    tree.set("revoked_by", escape_controls(key.revoked->by));
    tree.set("revoke_reason", escape_controls(key.revoked->reason));
  }
  if (key.replaced) {
    tree.set("replaced_by", key.replaced->by);
    tree.set("grace_until", Document{Cell{key.replaced->grace_until}});
  }
}

std::string words_about_revoked(const Key& key) {
  if (key.revoked) return fmt::format("It was revoked at {}.", to_rfc3339(key.revoked->at));
  if (key.status != "active") {
    return fmt::format("Its status in api_keys is '{}'.", escape_controls(key.status));
  }
  return key.replaced ? fmt::format("It was replaced by {}, and taken until {}.", key.replaced->by,
                                    to_rfc3339(key.replaced->grace_until))
                      : "It is not taken any more.";
}

std::string words_about_address(const std::optional<apikey::Address>& address) {
  if (address) return fmt::format("It may not be used from {}.", address->text());
  return "It may be used from certain addresses only: give --address.";
}

std::string words_about_valid(const Key& key) {
  if (key.replaced) {
    return fmt::format("The key is good until {}: it was replaced by {}.",
                       to_rfc3339(std::min(key.replaced->grace_until,
                                           key.expires_at.value_or(key.replaced->grace_until))),
                       key.replaced->by);
  }
  if (key.id.empty()) return "The key is good. It stands in api_keys in plain: adopt it.";
  return "The key is good.";
}

std::string words_about(const Verdict& verdict, std::span<const apikey::Scope> wanted,
                        const std::optional<apikey::Address>& address) {
  using apikey::Code;
  switch (verdict.code) {
    case Code::valid: return words_about_valid(verdict.key->key);
    case Code::not_found: return "There is no such key.";
    case Code::expired:
      return fmt::format("It expired at {}.", to_rfc3339(verdict.key->key.expires_at.value()));
    case Code::revoked: return words_about_revoked(verdict.key->key);
    case Code::ip_denied: return words_about_address(address);
    case Code::insufficient_scope:
      return fmt::format("No scope of it allows {}.", wanted[verdict.rules.size()].text());
    case Code::bad_checksum:
      return "It begins as a key of pcx and is none: mistyped, cut off, or made up.";
  }
  return {};
}

// What was wanted, and the scope of the key that allows it.
Document rules_of(const Verdict& verdict, std::span<const apikey::Scope> wanted) {
  Document list = Document::array();
  for (std::size_t i = 0; i < verdict.rules.size(); ++i) {
    Document rule = Document::object();
    rule.set("wanted", wanted[i].text());
    rule.set("granted_by", verdict.rules[i]->text());
    list.add(std::move(rule));
  }
  return list;
}

void set_key(Document& tree, const Key& key) {
  tree.set("id", Document{key.id.empty() ? Cell{} : Cell{key.id}});
  tree.set("row", escape_controls(key.row_id));
  tree.set("kind", to_string(key.kind));
  tree.set("name", escape_controls(key.name));
  tree.set("owner", Document{text_or_null(key.owner)});
  tree.set("tenant", Document{text_or_null(key.tenant)});
  tree.set("rate", Document{number_or_null(key.rate)});
  tree.set("scopes", list_of(key.scopes));
  tree.set("expires_at", Document{time_or_null(key.expires_at)});
  tree.set("grace_until", Document{key.replaced ? Cell{key.replaced->grace_until} : Cell{}});
}

}  // namespace

View keys_view(const std::vector<Key>& keys, Time now) {
  View view{.columns = {{"id", "ID"},
                        {"kind", "KIND"},
                        {"name", "NAME"},
                        {"standing", "STANDING"},
                        {"owner", "OWNER"},
                        {"scopes", "SCOPES"},
                        {"created_at", "CREATED"},
                        {"expires_at", "EXPIRES"},
                        {"last_used_at", "LAST USED"}},
            .rows = {},
            .summary = {}};
  for (const Key& key : keys) {
    view.rows.push_back({key.id, std::string{to_string(key.kind)}, escape_controls(key.name),
                         std::string{to_string(standing_of(key, now))}, text_or_null(key.owner),
                         join(escaped(key.scopes), " "), key.made_at, time_or_null(key.expires_at),
                         time_or_null(key.last_used_at)});
  }
  return view;
}

Tree key_tree(const Key& key, Time now) {
  Document tree = Document::object();
  tree.set("id", key.id);
  tree.set("kind", to_string(key.kind));
  tree.set("name", escape_controls(key.name));
  tree.set("standing", to_string(standing_of(key, now)));
  tree.set("status", escape_controls(key.status));
  tree.set("owner", Document{text_or_null(key.owner)});
  tree.set("tenant", Document{text_or_null(key.tenant)});
  tree.set("scopes", list_of(key.scopes));
  tree.set("cidrs", list_of(key.cidrs));
  tree.set("rate", Document{number_or_null(key.rate)});
  tree.set("created_at", Document{Cell{key.made_at}});
  if (key.kind == apikey::Kind::adopted) {
    tree.set("adopted_at", Document{Cell{key.created_at}});
  }
  tree.set("created_by", escape_controls(key.created_by));
  tree.set("expires_at", Document{time_or_null(key.expires_at)});
  tree.set("last_used_at", Document{time_or_null(key.last_used_at)});
  set_end(tree, key);
  tree.set("pepper", std::int64_t{key.pepper});
  tree.set("row", escape_controls(key.row_id));
  return {std::move(tree), {}};
}

Tree verdict_tree(const Verdict& verdict, std::span<const apikey::Scope> wanted,
                  const std::optional<apikey::Address>& address) {
  Document tree = Document::object();
  tree.set("code", to_string(verdict.code));
  tree.set("valid", verdict.is_valid());
  if (verdict.key) {
    set_key(tree, verdict.key->key);
    tree.set("matched", rules_of(verdict, wanted));
    tree.set("range", Document{verdict.range ? Cell{verdict.range->text()} : Cell{}});
  }
  return {std::move(tree), words_about(verdict, wanted, address)};
}

}  // namespace pcx::cli
