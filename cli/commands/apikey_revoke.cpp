// pcx apikey revoke: flags -> lib/apikey -> show.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "apikey/review.h"
#include "apikey/store.h"
#include "cli/commands/apikey_tools.h"
#include "cli/commands/apikey_views.h"
#include "core/error.h"
#include "core/text.h"
#include "db/lock_limit.h"

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
  std::erase_if(keys, [](const Key& key) { return key.revoked && key.status != "active"; });
  return keys;
}

// Revoked before; but the application's table does not say so.
std::vector<Key> take_unmarked(std::vector<Key>& keys) {
  const auto revoked =
      std::ranges::stable_partition(keys, [](const Key& key) { return !key.revoked.has_value(); });
  std::vector<Key> unmarked{std::make_move_iterator(revoked.begin()),
                            std::make_move_iterator(revoked.end())};
  keys.erase(revoked.begin(), revoked.end());
  return unmarked;
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

// What refuses them is committed before anything else is waited for.
std::vector<std::string> revoke(Context& context, const std::vector<std::string>& ids) {
  std::vector<std::string> revoked;
  with_holders_named(context, ids, [&] {
    db::Transaction tx = context.database().begin();
    revoked = apikey::revoke_keys(tx, ids, doer(context), context.actor().reason);
    if (!revoked.empty()) record(context, tx, deed_of(revoked));
    tx.commit();
  });
  return revoked;
}

// Keys whose status alone is set, since they were revoked before.
void record_marking(Context& context, const std::vector<std::string>& ids) {
  db::Deed deed = deed_of({});
  Document list = Document::array();
  for (const std::string& id : ids) list.add(id);
  deed.details.set("status_set", std::move(list));
  db::Transaction tx = context.database().begin();
  record(context, tx, deed);
  tx.commit();
}

// As they are now; nothing is asked again, which might have to be waited for.
std::vector<Key> as_revoked(std::vector<Key> keys, const std::vector<std::string>& revoked) {
  std::erase_if(
      keys, [&](const Key& key) { return std::ranges::find(revoked, key.id) == revoked.end(); });
  for (Key& key : keys) key.revoked.emplace();
  return keys;
}

// `left` is what mark_revoked() says.
std::string summary_of(std::size_t revoked, std::size_t unmarked, const std::string& left) {
  std::vector<std::string> sentences;
  if (revoked > 0) {
    sentences.push_back(
        fmt::format("{} revoked. Whoever listens refuses them at once, others within 30 s.",
                    counted(static_cast<long long>(revoked), "key")));
  }
  if (unmarked > 0 && left.empty()) {
    sentences.push_back(fmt::format("{} revoked before: api_keys says so now, too.",
                                    counted(static_cast<long long>(unmarked), "key")));
  }
  if (!left.empty()) sentences.push_back(left);
  return sentences.empty() ? "There is nothing to revoke." : join(sentences, " ");
}

Outcome revoke_and_mark(Context& context, const std::vector<Key>& keys,
                        const std::vector<Key>& unmarked) {
  context.upgrade_schema();
  const auto revoked = keys.empty() ? std::vector<std::string>{} : revoke(context, ids_of(keys));
  std::vector<std::string> to_mark = ids_of(unmarked);
  if (!to_mark.empty()) record_marking(context, to_mark);
  to_mark.insert(to_mark.end(), revoked.begin(), revoked.end());
  const std::string left = mark_revoked(context, context.database(), to_mark);
  std::vector<Key> shown = as_revoked(keys, revoked);
  shown.insert(shown.end(), unmarked.begin(), unmarked.end());
  View view = keys_view(shown, context.clock().wall_now());
  view.summary = summary_of(revoked.size(), unmarked.size(), left);
  return {std::move(view)};
}

std::vector<Key> look(Context& context, const std::vector<std::string>& ids, const Filter& filter,
                      Time now) {
  db::Transaction tx = context.database().begin();
  tx.query(db::limit_lock_wait(apikey::kLockPatience));
  return keys_to_revoke(tx, ids, filter, now);
}

Outcome run_revoke(Context& context, const Values& values) {
  const Time now = context.clock().wall_now();
  std::vector<std::string> ids;
  for (const std::string& text : values.texts("ID")) ids.push_back(require_key_id(text));
  const Filter filter = filter_in(values, now);
  require_choice(ids, filter);
  auto keys = look(context, ids, filter, now);
  const auto unmarked = take_unmarked(keys);
  const bool is_dry_run = values.flag("--dry-run");
  if (is_dry_run || (keys.empty() && unmarked.empty())) {
    View view = keys_view(keys, now);
    view.summary = keys.empty() ? "There is nothing to revoke." : consequence_of(keys, now) + ".";
    if (!unmarked.empty()) {
      view.summary += fmt::format(" {} revoked before, whose status in api_keys would be set.",
                                  counted(static_cast<long long>(unmarked.size()), "key"));
    }
    return {std::move(view), keys.empty() ? Finding::ok : Finding::warning};
  }
  if (!keys.empty()) {
    context.confirm(values,
                    fmt::format("Revoke {}?", counted(static_cast<long long>(keys.size()), "key")),
                    consequences_of(keys, now));
  }
  return revoke_and_mark(context, keys, unmarked);
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
          "revoked when all of them fit. Its row in pcx.apikey says so, with who, when and the "
          "reason, and is what counts: verifiers that listen (NOTIFY pcx_apikey) refuse it within "
          "a "
          "second, others when their cache has run out: 30 s at most.\n\n"
          "Its status in api_keys is set to 'revoked' afterwards. Where somebody has that row "
          "locked "
          "for some seconds the summary says so; the same command, run again, sets it.\n\n"
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
                {66, "there is no such key, or no key of pcx"},
                {75, "somebody has locked the key in pcx.apikey; nothing was changed"}},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .destructive = true,
      .run = run_revoke};
}

}  // namespace

std::vector<Cmd> apikey_revoke_commands() { return {revoke_command()}; }

}  // namespace pcx::cli
