// pcx apikey revoke: flags -> lib/apikey -> show.
#include <algorithm>

#include <fmt/format.h>

#include "apikey/review.h"
#include "apikey/store.h"
#include "cli/commands/apikey_tools.h"
#include "cli/commands/apikey_views.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using apikey::Filter;
using apikey::Key;

std::vector<std::string> ids_of(const std::vector<Key>& keys) {
  std::vector<std::string> ids;
  for (const Key& key : keys) ids.push_back(key.id);
  return ids;
}

// Those that are named, each of which there has to be.
std::vector<Key> named_keys(db::Transaction& tx, const std::vector<std::string>& ids) {
  std::vector<Key> keys;
  for (const std::string& id : ids) keys.push_back(require_key(tx, id));
  return keys;
}

// Without names and filters it would be all keys, by an empty variable in a script perhaps.
void require_choice(const std::vector<std::string>& ids, const Filter& filter) {
  if (ids.empty() != filter.is_empty()) return;
  throw Error{ErrorCode::usage,
              ids.empty() ? "nothing says which keys" : "ids and filters exclude each other",
              "Give ids, or at least one of --owner, --scope, --created-before, --unused-for."};
}

std::vector<Key> keys_to_revoke(db::Transaction& tx, const std::vector<std::string>& ids,
                                const Filter& filter, Time now) {
  apikey::require_tables(tx);
  auto keys =
      ids.empty() ? apikey::filtered(apikey::list_keys(tx), filter, now) : named_keys(tx, ids);
  std::erase_if(keys, [](const Key& key) { return key.revoked.has_value(); });
  return keys;
}

std::string consequence_of(const std::vector<Key>& keys, Time now) {
  const auto taken =
      std::ranges::count_if(keys, [&](const Key& key) { return is_taken(standing_of(key, now)); });
  return fmt::format("{} will be refused from now on, for good ({} of them taken now)",
                     counted(static_cast<long long>(keys.size()), "key"), taken);
}

std::vector<std::string> consequences_of(const std::vector<Key>& keys, Time now) {
  constexpr std::size_t kNamedMax = 20;
  std::vector<std::string> lines;
  for (const Key& key : keys) {
    if (lines.size() == kNamedMax) {
      lines.push_back(fmt::format("and {} more", keys.size() - kNamedMax));
      break;
    }
    lines.push_back(fmt::format("{} {}, {}", key.id, escape_controls(key.name),
                                to_string(standing_of(key, now))));
  }
  lines.push_back(consequence_of(keys, now));
  return lines;
}

db::Deed deed_of(const std::vector<std::string>& ids) {
  Document list = Document::array();
  for (const std::string& id : ids) list.add(id);
  Document details = Document::object();
  details.set("count", static_cast<std::int64_t>(ids.size()));
  details.set("keys", std::move(list));
  return {"apikey.revoke", ids.size() == 1 ? ids.front() : "", std::move(details)};
}

Outcome revoke(Context& context, const std::vector<Key>& keys) {
  context.upgrade_schema();
  db::Transaction tx = context.database().begin();
  const auto revoked = apikey::revoke_keys(tx, ids_of(keys), doer(context), context.actor().reason);
  if (!revoked.empty()) record(context, tx, deed_of(revoked));
  const auto now_revoked = apikey::find_keys(tx, revoked);
  tx.commit();
  View view = keys_view(now_revoked, context.clock().wall_now());
  view.summary =
      fmt::format("{} revoked. Whoever listens refuses them at once, others within 30 s.",
                  counted(static_cast<long long>(revoked.size()), "key"));
  return {std::move(view)};
}

Outcome run_revoke(Context& context, const Values& values) {
  const Time now = context.clock().wall_now();
  std::vector<std::string> ids;
  for (const std::string& text : values.texts("ID")) ids.push_back(require_key_id(text));
  const Filter filter = filter_in(values, now);
  require_choice(ids, filter);
  db::Transaction looking = context.database().begin();
  const auto keys = keys_to_revoke(looking, ids, filter, now);
  looking.rollback();
  if (values.flag("--dry-run") || keys.empty()) {
    View view = keys_view(keys, now);
    view.summary = keys.empty() ? "There is nothing to revoke." : consequence_of(keys, now) + ".";
    return {std::move(view), keys.empty() ? Finding::ok : Finding::warning};
  }
  context.confirm(values,
                  fmt::format("Revoke {}?", counted(static_cast<long long>(keys.size()), "key")),
                  consequences_of(keys, now));
  return revoke(context, keys);
}

std::vector<Opt> revoke_options() {
  std::vector<Opt> options = filter_options();
  options.push_back({.name = "--dry-run",
                     .type = Type::flag,
                     .help = "show which keys it would be; exit 1 when there are some"});
  return options;
}

Cmd revoke_command() {
  return {
      .path = "apikey revoke",
      .summary = "Refuse API keys from now on, for good",
      .detail =
          "Keys are named by their ids, or chosen by filters, which are put together: a key is "
          "revoked when all of them fit. Both its row in pcx.apikey and its status in api_keys say "
          "so, with who, when and the reason. Verifiers that listen (NOTIFY pcx_apikey) refuse it "
          "within a second, others when their cache has run out: 30 s at most.\n\n"
          "A key that is still in api_keys in plain has no id: adopt it first. A revoked key does "
          "not come back; make a new one.",
      .options = revoke_options(),
      .arguments = {{.name = "ID",
                     .help = "ids of keys",
                     .dynamic = "apikeys",
                     .required = false,
                     .repeated = true}},
      .examples = {{"pcx apikey revoke 7Fq2vXb0Ka --reason \"in a public repository\" --yes",
                    "a key leaked"},
                   {"pcx apikey revoke --owner 42 --dry-run", "which keys user 42 has"},
                   {"pcx apikey revoke --unused-for 365d --reason review", "after a question"}},
      .exits = {{0, "revoked, or there was nothing to revoke"},
                {1, "with --dry-run: there are such keys; or not confirmed"},
                {64, "no id, no filter, or a whole key on the command line"},
                {66, "there is no such key, or no key of pcx"}},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .destructive = true,
      .run = run_revoke};
}

}  // namespace

std::vector<Cmd> apikey_revoke_commands() { return {revoke_command()}; }

}  // namespace pcx::cli
