// pcx key retire: flags -> lib/inspect, lib/apikey, lib/keyring -> show.
#include <fmt/format.h>

#include "apikey/store.h"
#include "cli/commands/key_field_tools.h"
#include "cli/commands/key_tools.h"
#include "cli/commands/key_views.h"
#include "core/error.h"
#include "core/text.h"
#include "inspect/key_needs.h"
#include "keyring/key_states.h"

namespace pcx::cli {

namespace {

using inspect::KeyNeed;
using keyring::DataKey;
using keyring::Purpose;

inspect::VerifyJob verify_job(Context& context, const FieldPlaces& places, const FieldKeys& keys) {
  return {.heaps = places.heaps,
          .keys = keys.keys(),
          .sample_rows = std::nullopt,
          .random = context.random(),
          .clock = context.clock(),
          .interrupt = context.interrupt(),
          .connect = [&context] { return context.open_database(db::ConnectOptions{}); },
          .on_progress =
              [&context](std::int64_t done, std::int64_t total) {
                context.progress().update("opening every value", "", done, total, "page");
              }};
}

std::vector<KeyNeed> find_needs(Context& context, const keyring::Keyring& keyring,
                                const DataKey& key) {
  db::Database& database = context.database();
  const FieldPlaces places = read_field_places(context, database);
  const FieldKeys keys{keyring};
  auto needs = inspect::find_needs(
      database, {.keyring = keyring,
                 .key = key,
                 .heaps = places.heaps,
                 .verify = verify_job(context, places, keys),
                 .on_table = [&](const std::string& table, std::int64_t done, std::int64_t total) {
                   context.progress().update("searching", escape_controls(table), done, total,
                                             "table");
                 }});
  context.progress().clear();
  return needs;
}

// Of field keys and peppers it can be known who needs them; of signing keys nothing is lost, since
// others have their public half.
void require_known_purpose(const DataKey& key) {
  const bool is_known = key.purpose == Purpose::field || key.purpose == Purpose::signing ||
                        key.purpose == Purpose::pepper;
  if (is_known) return;
  throw Error{ErrorCode::conflict,
              fmt::format("key {} is a {} key: what needs it cannot be found out", key.id,
                          to_string(key.purpose)),
              "Only keys of purpose field, pepper and signing can be retired."}
      .because("key_needed");
}

// It is not active (run_retire() looks before), so that no digest is made under it any more:
// nothing is for ever (apikey/store.h).
std::vector<KeyNeed> needs_of_pepper(Context& context, const DataKey& key) {
  if (key.state == keyring::KeyState::active) return {{.need = inspect::Need::active}};
  db::Transaction tx = context.database().begin();
  const std::int64_t digests = apikey::count_digests_under(tx, key.id);
  if (digests == 0) return {};
  return {{.need = inspect::Need::digests, .place = "pcx.apikey", .count = digests}};
}

const char* hint_for(const DataKey& key) {
  if (key.purpose == Purpose::pepper) {
    return "API keys move to the active pepper when 'pcx apikey verify' or another verifier of pcx "
           "takes them; the application's adapter cannot move them. Rotate the rest, or revoke and "
           "prune it: pcx apikey list --all";
  }
  return "Rotate what can be rotated ('pcx key rotate'), register or remove the other places "
         "('pcx key discover'), then retire it again.";
}

Error needed(const DataKey& key, const std::vector<KeyNeed>& needs) {
  std::vector<std::string> lines;
  for (const KeyNeed& need : needs) lines.push_back(need.described());
  Error error{ErrorCode::conflict,
              fmt::format("key {} is still needed, for {}", key.id,
                          counted(static_cast<long long>(needs.size()), "reason")),
              hint_for(key)};
  return error.because("key_needed").with_detail(join(lines, "\n"));
}

Outcome show_needs(const DataKey& key, const std::vector<KeyNeed>& needs) {
  View view{.columns = {{"need", "NEED"},
                        {"place", "PLACE"},
                        {"count", "COUNT"},
                        {"meaning", "MEANING"},
                        {"note", "NOTE"}},
            .rows = {},
            .summary = {}};
  for (const KeyNeed& need : needs) {
    view.rows.push_back({std::string{to_string(need.need)},
                         need.place.empty() ? Cell{} : Cell{escape_controls(need.place)},
                         need.count == 0 ? Cell{} : Cell{need.count},
                         std::string{explain(need.need)},
                         need.note.empty() ? Cell{} : Cell{escape_controls(need.note)}});
  }
  view.summary = needs.empty() ? fmt::format("Nothing needs key {} any more.", key.id)
                               : fmt::format("Key {} is still needed.", key.id);
  return {std::move(view), needs.empty() ? Finding::ok : Finding::warning};
}

Outcome reopen(Context& context, const Values& values) {
  KeyringChange change{context, values};
  return show_key(keyring::reopen_key(change.tools(), id_in(values, "ID")),
                  "It opens values again. Write the application's keyfile anew: pcx help key "
                  "keyfile");
}

std::vector<KeyNeed> needs_of(Context& context, const keyring::Keyring& keyring,
                              const DataKey& key) {
  require_known_purpose(key);
  if (key.purpose == Purpose::signing) return {};
  if (key.purpose == Purpose::pepper) return needs_of_pepper(context, key);
  return find_needs(context, keyring, key);
}

std::string summary_of(const DataKey& key) {
  if (key.purpose == Purpose::signing) {
    return "Retired. Certificates that it signed are checked with their public key: pcx key verify "
           "--check FILE --public-key BASE64";
  }
  if (key.purpose == Purpose::pepper) {
    return "Retired: no API key has a digest under it. Backups of pcx.apikey from before do: keep "
           "it from 'pcx key destroy' for as long as one of them may have to be restored. Write "
           "the application's keyfile anew: pcx help key keyfile";
  }
  return "Retired: nothing in this database needs it. Not looked at were large objects, backups, "
         "WAL, dumps, exports and other databases: keep it from 'pcx key destroy' for as long as "
         "one of them may have to be read. Write the application's keyfile anew: pcx help key "
         "keyfile";
}

Outcome run_retire(Context& context, const Values& values) {
  const auto id = id_in(values, "ID");
  if (values.flag("--reopen")) return reopen(context, values);
  if (values.flag("--dry-run")) {
    const keyring::Keyring keyring = open_keyring(context, values);
    const DataKey& key = keyring.require(id);
    return show_needs(key, needs_of(context, keyring, key));
  }
  KeyringChange change{context, values};
  const keyring::Keyring keyring = change.look();
  const DataKey& key = keyring.require(id);
  // What is active is told with everything else that needs it.
  if (key.state != keyring::KeyState::active) {
    keyring::require_may_become(key, keyring::KeyState::retired);
  }
  const auto needs = needs_of(context, keyring, key);
  if (!needs.empty()) throw needed(key, needs);
  return show_key(keyring::retire_key(change.tools(), id), summary_of(key));
}

}  // namespace

std::vector<Cmd> key_retire_commands() {
  return {
      {.path = "key retire",
       .summary = "Open nothing more with a key, once nothing needs it",
       .detail =
           "A key that only opens is retired when nothing in the database needs it. Refused, with "
           "every reason and place, while: it is active; a rotation is under way; a field has no "
           "valid CHECK constraint that keeps its values out (made by 'pcx key rotate'; after "
           "--mode offline, where no constraint can tell keys apart, every value is opened "
           "instead); a value of a field opens with it, or has an encrypted one inside; "
           "quarantined values may need it; a text names it anywhere: in any column of any table, "
           "partition or "
           "materialised view, registered or not, at any path of a JSON value. For keys of enc:v1 "
           "and of the guide, whose values name none, any value of the format counts. Tables that "
           "cannot be looked at count, too.\n\nEvery row of every table is read, by the server, "
           "and every value of a field is opened. Its wraps stay: --reopen takes it back. 'pcx "
           "key destroy' deletes them later. Large objects, backups, WAL, dumps and other "
           "databases are not "
           "looked at.",
       .options = {{.name = "--dry-run",
                    .type = Type::flag,
                    .help = "show what needs the key; exit 1 when something does"},
                   {.name = "--reopen",
                    .type = Type::flag,
                    .help = "let a retired key open values again"},
                   kek_option()},
       .arguments = {id_argument("id of the key", "keys")},
       .examples = {{"pcx key retire 3 --dry-run", "what still needs key 3"},
                    {"pcx key retire 3 --reason \"rotated in May\"", "when nothing does"},
                    {"pcx key retire 3 --reopen --reason \"an old backup\"", "back again"}},
       .exits = {{0, "retired, or open again; with --dry-run: nothing needs it"},
                 {1, "with --dry-run: something needs it"},
                 {66, "there is no keyring, no such key, or no key-encryption key"},
                 {75, "another change of the keyring is under way, or came in between"},
                 {79, "it is still needed (reason key_needed), or its state does not allow it"},
                 {80, "the keyring was changed without pcx"}},
       .needs = Needs::database,
       .mutating = true,
       .schema_when_asked = true,
       .run = run_retire}};
}

}  // namespace pcx::cli
