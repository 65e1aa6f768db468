// pcx key: flags -> lib/keyring -> show. This file has the data keys; key_kek, key_recover and
// key_values have the rest of the group.
#include <algorithm>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "apikey/store.h"
#include "cli/commands/groups.h"
#include "cli/commands/key_adapter.h"
#include "cli/commands/key_census.h"
#include "cli/commands/key_tools.h"
#include "cli/commands/key_views.h"
#include "cli/terminal.h"
#include "core/error.h"
#include "core/file.h"
#include "core/secret_stream.h"
#include "core/text.h"
#include "core/time.h"
#include "fields/registry.h"
#include "keyring/init.h"
#include "keyring/key_states.h"
#include "keyring/make_keys.h"
#include "keyring/store.h"
#include "rotate/fence.h"
#include "rotate/rotation.h"

namespace pcx::cli {

namespace {

using keyring::DataKey;
using keyring::Format;
using keyring::KeyState;

constexpr std::size_t kSecretBytesMax = std::size_t{64} * 1024;

Outcome run_init(Context& context, const Values& values) {
  const auto sources = named_keks(values);
  if (sources.size() != 1) {
    throw Error{ErrorCode::usage,
                sources.empty() ? "option --kek is missing" : "init wants one --kek",
                "Give --kek file:PATH, --kek env:NAME or --kek command:PROGRAM; more can be added "
                "with 'pcx key kek add'."};
  }
  const std::string& recovery_file = values.text("--recovery");
  keyring::require_room_for_keyring(context.database(), recovery_file);
  context.upgrade_schema();
  const auto tools = kek_tools(context);
  const auto made = keyring::init_keyring(
      {context.database(), tools, context.clock(), context.random(), journal_of(context)},
      sources.front(), recovery_file);
  return show_init(made, sources.front(), recovery_file);
}

// The secret from where the options say, else from standard input or the terminal.
Secret read_legacy_secret(Context& context, const Values& values) {
  const auto file = values.optional_text("--secret-file");
  const auto name = values.optional_text("--secret-env");
  if (file && name) {
    throw Error{ErrorCode::usage, "--secret-file and --secret-env exclude each other",
                "Give one of them."};
  }
  if (file) return read_secret_file(*file, kSecretBytesMax);
  if (name) {
    const auto text = context.environment().get(*name);
    if (text && !text->empty()) return Secret{*text};
    throw Error{ErrorCode::not_found,
                fmt::format("the variable {} is not set", escape_controls(*name)),
                "Set it to the secret as the application has it."};
  }
  if (is_terminal(STDIN_FILENO) && context.prompt().available()) {
    return context.prompt().ask_secret("The secret, as the application has it:");
  }
  return read_secret_stream(STDIN_FILENO, "standard input", kSecretBytesMax, &context.interrupt());
}

// Secrets are pasted and piped with a line break behind them, which is not part of them.
Secret without_line_break(const Secret& secret) {
  std::string_view text = secret.reveal_text();
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return Secret{text};
}

Outcome run_import(Context& context, const Values& values) {
  const Format format = *keyring::format_of(values.text("--as"));
  const KeyState state = *keyring::state_of(values.text("--state"));
  if (state == KeyState::pending && format != Format::v1) {
    throw Error{ErrorCode::usage, "only a key of format v1 can be imported as pending",
                "The guide's format has nothing that would seal with it; leave --state out."};
  }
  KeyringChange change{context, values};
  const Secret secret = without_line_break(read_legacy_secret(context, values));
  const DataKey key = keyring::import_key(change.tools(), format, secret, state);
  return show_key(key, state == KeyState::pending
                           ? fmt::format("Imported. It seals once it is activated: pcx key "
                                         "activate {}",
                                         key.id)
                           : "Imported: it opens values, and seals none.");
}

Outcome run_create(Context& context, const Values& values) {
  const auto purpose = *keyring::purpose_of(values.text("--purpose"));
  KeyringChange change{context, values};
  const DataKey key = keyring::create_key(change.tools(), purpose);
  return show_key(key, fmt::format("Made. Let every reader come to know it (pcx key keyfile), then "
                                   "run: pcx key activate {}",
                                   key.id));
}

// A rotation to the key before would go on against this one, and fence it out.
void end_other_rotation(Context& context, const DataKey& key) {
  if (key.purpose != keyring::Purpose::field) return;
  db::Transaction tx = context.database().begin();
  const auto ended = rotate::supersede_rotation(tx, key.id);
  if (!ended) return;
  keyring::record_seals(tx, ended->target_key, ended->seals);
  Document details = Document::object();
  details.set("rotation", ended->id);
  details.set("seals", ended->seals);
  tx.commit_after(
      {journal_of(context)({"key.rotate.end", std::to_string(ended->target_key), details})});
  context.progress().say(
      fmt::format("rotation {} to key {} is ended: pcx key rotate goes to key {}", ended->id,
                  ended->target_key, key.id));
}

// The fences of the last rotation would refuse what the application seals under the new key.
void open_fences(Context& context, const DataKey& key) {
  if (key.purpose != keyring::Purpose::field || key.format != Format::v2) return;
  const auto registry = fields::read_registry(context.database(), context.config());
  const auto tables = rotate::admit_key({context.database(), context.clock(), context.interrupt()},
                                        registry.fields, key.id);
  for (const std::string& table : tables) {
    context.progress().say(fmt::format("the fences of {} admit key {} now", table, key.id));
  }
}

Outcome run_activate(Context& context, const Values& values) {
  const auto id = id_in(values, "ID");
  KeyringChange change{context, values};
  const auto keyring = change.look();
  keyring::require_activatable(keyring, id);
  const auto make_way = [&] {
    end_other_rotation(context, keyring.require(id));
    open_fences(context, keyring.require(id));
  };
  make_way();
  const auto activated = keyring::activate_key(change.tools(), id);
  make_way();  // for whoever began in between; from now on nobody begins one to the key before
  return show_key(activated.key,
                  activated.replaced
                      ? fmt::format("It seals from now on; key {} only opens. Write the "
                                    "application's keyfile anew: pcx help key keyfile",
                                    *activated.replaced)
                      : "It seals from now on. Write the application's keyfile anew: pcx help key "
                        "keyfile");
}

Outcome run_compromised(Context& context, const Values& values) {
  const auto id = id_in(values, "ID");
  KeyringChange change{context, values};
  return show_key(
      keyring::mark_compromised(change.tools(), id),
      "Marked. It is used as before until another key takes its place: rotate it first.");
}

std::vector<std::string> losses_of_destroying(const keyring::Keyring& keyring, const DataKey& key) {
  return {
      fmt::format("the {} wraps of key {} ({}, {}, {}) will be deleted", keyring.wrap_count(key.id),
                  key.id, to_string(key.purpose), to_string(key.format), to_string(key.state)),
      "whatever it sealed can never be opened again, in backups of the values neither",
      fmt::format("pcx sealed {} with it; what the application sealed is not counted",
                  counted(keyring.seal_count(key.id), "value"))};
}

// Nothing is written under a retired pepper (apikey/store.h); somebody may have imported or
// restored digests that are.
void require_no_digests(Context& context, const DataKey& key) {
  if (key.purpose != keyring::Purpose::pepper) return;
  db::Transaction tx = context.database().begin();
  const std::int64_t digests = apikey::count_digests_under(tx, key.id);
  if (digests == 0) return;
  throw Error{ErrorCode::conflict,
              fmt::format("key {} is still needed: {} with a digest under it", key.id,
                          counted(digests, "API key")),
              "Run 'pcx key retire ID --reopen' so that they are taken again, or prune them."}
      .because("key_needed");
}

Outcome run_destroy(Context& context, const Values& values) {
  const auto id = id_in(values, "ID");
  const auto delay = values.duration("--delay");
  KeyringChange change{context, values};
  const keyring::Keyring keyring = change.look();
  const DataKey& key = keyring.require(id);
  keyring::require_destroyable(key, context.clock().wall_now(), delay);
  require_no_digests(context, key);
  context.confirm(values, fmt::format("Destroy key {}?", id), losses_of_destroying(keyring, key));
  return show_key(keyring::destroy_key(change.tools(), id, delay),
                  "Destroyed. Backups of schema pcx from before still have it.");
}

Outcome run_status(Context& context, const Values& values) {
  if (values.flag("--values")) return show_census(context);
  db::Database& database = context.database();
  if (!keyring::read_rows(database)) return show_no_keyring(database.described());
  return show_keyring(open_keyring(context, values), context.clock().wall_now());
}

const ExitNote kNoKeyringNote{66, "there is no keyring, no such key, or no key-encryption key"};
const ExitNote kBusyNote{75, "another change of the keyring is under way, or came in between"};
const ExitNote kStateNote{79, "the key's state does not allow it; nothing was changed"};
const ExitNote kTamperedNote{
    80, "the keyring was changed without pcx, or another key-encryption key is meant"};

Cmd init_command() {
  return {
      .path = "key init",
      .summary = "Make the keyring: a key-encryption key and a recovery key",
      .detail =
          "Data keys lie in the database, wrapped under key-encryption keys that do not: "
          "file:PATH is made where there is none, env:NAME is read, and command:PROGRAM wraps and "
          "unwraps at a key management service (its words wrap or unwrap, the key as base64 on its "
          "standard input, the answer on its standard output).\n\nThe private half of the recovery "
          "key goes to the new file FILE and nowhere else. It opens every key when the "
          "key-encryption keys are lost: put it into a safe, and remove it here.\n\nThe files are "
          "on "
          "disk before anything is committed; when it is not, they are removed again.\n\nName the "
          "key-encryption key in the configuration, too (keyring.kek): then a keyring that "
          "somebody "
          "else put into the database is refused.",
      .options = {kek_option(),
                  {.name = "--recovery",
                   .type = Type::file,
                   .metavar = "FILE",
                   .help = "new file for the private key that goes to the safe",
                   .required = true}},
      .examples = {{"pcx key init --kek file:/etc/pcx/kek --recovery /media/usb/pcx-recovery.pem",
                    "a key in a file, and one for the safe"}},
      .exits = {{0, "made"},
                {69, "the command of the key-encryption key failed"},
                {73, "the file for the recovery key is there already, or cannot be made"},
                {77, "the file of the key-encryption key can be read by others"},
                {79, "there is a keyring already"}},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .run = run_init};
}

Cmd import_command() {
  return {
      .path = "key import",
      .summary = "Take over a key that the application uses already",
      .detail =
          "v1 is FIELD_ENCRYPTION_KEY, whose values begin with enc:v1:; json is the guide's "
          "ENCRYPTION_KEY of 64 hexadecimal digits. The key then opens values and seals "
          "none.\n\nThe secret is never an argument: it is read from a file that only its "
          "owner may read, from a variable, or from standard input; one line break at its end "
          "does not count. Nothing is kept by which it could be guessed.",
      .options = {{.name = "--as",
                   .type = Type::choice,
                   .metavar = "FORMAT",
                   .help = "what it seals",
                   .choices = {"v1", "json"},
                   .required = true},
                  {.name = "--secret-file",
                   .type = Type::file,
                   .metavar = "FILE",
                   .help = "file with the secret, mode 0600"},
                  {.name = "--secret-env", .metavar = "NAME", .help = "variable with the secret"},
                  {.name = "--state",
                   .type = Type::choice,
                   .metavar = "STATE",
                   .help = "pending: a new key of format v1, which shall be activated",
                   .choices = {"decrypt_only", "pending"},
                   .fallback = "decrypt_only"},
                  kek_option()},
      .examples = {{"pcx key import --as v1 --secret-env FIELD_ENCRYPTION_KEY",
                    "the application's key, from its environment"},
                   {"pcx key import --as json --secret-file /root/encryption-key", "the guide's"}},
      .exits = {{0, "imported"},
                kNoKeyringNote,
                kBusyNote,
                {79, "the keyring has this key already"},
                {80, "the secret is no such key, or the keyring was changed without pcx"}},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .run = run_import};
}

Cmd create_command() {
  return {.path = "key create",
          .summary = "Make a new data key, pending",
          .detail =
              "It is random, wrapped under every key-encryption key and every recovery key, "
              "opened again from what was written, and on disk before this command ends. "
              "Readers come to know it while it is pending; nothing is sealed with it until "
              "it is activated.",
          .options = {{.name = "--purpose",
                       .type = Type::choice,
                       .metavar = "PURPOSE",
                       .help = "what it is for",
                       .choices = {"field", "blind_index", "pepper", "signing"},
                       .fallback = "field"},
                      kek_option()},
          .examples = {{"pcx key create", "a key for values of columns"}},
          .exits = {{0, "made"},
                    kNoKeyringNote,
                    kBusyNote,
                    {79, "fewer than two wraps would be made of it"},
                    kTamperedNote},
          .needs = Needs::database,
          .mutating = true,
          .schema_when_asked = true,
          .run = run_create};
}

Cmd activate_command() {
  return {.path = "key activate",
          .summary = "Let a pending key seal from now on",
          .detail =
              "The key that sealed for its purpose until now only opens from then on. Both "
              "happen in one transaction. Before, the constraints of the last rotation come to "
              "admit the key, and a rotation to another key is ended: run 'pcx key rotate' "
              "again.",
          .options = {kek_option()},
          .arguments = {id_argument("id of the key", "keys")},
          .examples = {{"pcx key activate 3", "key 3 seals, the one before it opens"}},
          .exits = {{0, "active"},
                    kNoKeyringNote,
                    kBusyNote,
                    {77, "a constraint has to admit the key, and this role does not own its table"},
                    kStateNote,
                    kTamperedNote},
          .needs = Needs::database,
          .mutating = true,
          .schema_when_asked = true,
          .run = run_activate};
}

Cmd compromised_command() {
  return {.path = "key compromised",
          .summary = "Note that somebody else may know a key",
          .detail =
              "Its state stays: values under it have to be opened until they are rotated. "
              "'pcx key status' warns of it until then.",
          .options = {kek_option()},
          .arguments = {id_argument("id of the key", "keys")},
          .examples = {{"pcx key compromised 1 --reason \"in a public log\"", "key 1 goes first"}},
          .exits = {{0, "marked"}, kNoKeyringNote, kBusyNote, kStateNote, kTamperedNote},
          .needs = Needs::database,
          .mutating = true,
          .schema_when_asked = true,
          .run = run_compromised};
}

Cmd destroy_command() {
  return {.path = "key destroy",
          .summary = "Delete a retired key, and with it what it sealed",
          .detail =
              "Deletes all its wraps. Only a key that was retired long enough ago, or one "
              "that never left pending, can be destroyed. It does not reach backups of "
              "schema pcx, nor the safe's export.",
          .options = {{.name = "--delay",
                       .type = Type::duration,
                       .metavar = "DURATION",
                       .help = "how long it has to be retired",
                       .fallback = "30d"},
                      kek_option()},
          .arguments = {id_argument("id of the key", "keys")},
          .examples = {{"pcx key destroy 1 --reason \"rotated in May\"", "asks first"}},
          .exits = {{0, "destroyed"},
                    {1, "not confirmed, nothing was done"},
                    kNoKeyringNote,
                    kBusyNote,
                    {79, "it is not retired, or not for long enough"},
                    kTamperedNote},
          .needs = Needs::database,
          .mutating = true,
          .schema_when_asked = true,
          .destructive = true,
          .run = run_destroy};
}

Cmd status_command() {
  return {.path = "key status",
          .summary = "Show the keys and the key-encryption keys, verified",
          .detail =
              "Opens the keyring, checks the tag of every row and every key, and shows them: "
              "of keys how many values pcx sealed and which share that is of the 2^32 that "
              "one key may seal.\n\nWith --values it counts the values of every field instead, "
              "by what they begin with: format and key, NULL, '', what is not encrypted; with the "
              "CHECK constraints around fields, what is in quarantine, and how far an unfinished "
              "rotation is. That needs no key, no keyring and no right but to read, and scans "
              "each table once: about a second for a million rows. Changes nothing.",
          .options = {{.name = "--values",
                       .type = Type::flag,
                       .help = "count the values of fields by format and key"},
                      kek_option()},
          .examples = {{"pcx key status", "all keys"},
                       {"pcx key status --values", "which key values are under"},
                       {"pcx key status -o json", "the same for a monitoring system"}},
          .exits = {{0, "verified, or there is no keyring"},
                    {1,
                     "a compromised key is in use, or a key has sealed most of what it may; with "
                     "--values: values are not encrypted, of no known format or key, in "
                     "quarantine, or could not be counted"},
                    {66, "no key-encryption key"},
                    kTamperedNote},
          .needs = Needs::database,
          .run = run_status};
}

}  // namespace

std::vector<Cmd> key_life_commands() {
  return {activate_command(), compromised_command(), create_command(), destroy_command(),
          import_command(),   init_command(),        status_command()};
}

std::vector<Cmd> key_commands() {
  std::vector<Cmd> all = {
      {.path = "key",
       .summary = "Keys for encrypted fields, kept in the database under keys that are not",
       .detail = "A data key seals values; it lies in the database, wrapped under key-encryption "
                 "keys that come from files, variables or a key management service, and under a "
                 "recovery key whose private half lies in a safe. Every row of the keyring is "
                 "authenticated: what was changed without pcx is refused with exit status 80."}};
  all.push_back(key_adapter_command());
  for (const auto members : {key_life_commands, key_kek_commands, key_recover_commands,
                             key_value_commands, key_rotate_commands, key_fields_commands,
                             key_verify_commands, key_discover_commands, key_retire_commands}) {
    for (Cmd& command : members()) all.push_back(std::move(command));
  }
  std::sort(all.begin(), all.end(),
            [](const Cmd& left, const Cmd& right) { return left.path < right.path; });
  return all;
}

}  // namespace pcx::cli
