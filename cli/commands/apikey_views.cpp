#include "cli/commands/apikey_views.h"

#include "core/text.h"

namespace pcx::cli {

namespace {

using apikey::Key;

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
                         join(escaped(key.scopes), " "), key.created_at,
                         time_or_null(key.expires_at), time_or_null(key.last_used_at)});
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
  tree.set("created_at", Document{Cell{key.created_at}});
  tree.set("created_by", escape_controls(key.created_by));
  tree.set("expires_at", Document{time_or_null(key.expires_at)});
  tree.set("last_used_at", Document{time_or_null(key.last_used_at)});
  set_end(tree, key);
  tree.set("pepper", std::int64_t{key.pepper});
  tree.set("row", escape_controls(key.row_id));
  return {std::move(tree), {}};
}

}  // namespace pcx::cli
