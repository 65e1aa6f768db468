// pcx key kek: other key-encryption keys for the same data keys.
#include <fmt/format.h>

#include "cli/commands/key_tools.h"
#include "cli/commands/key_views.h"
#include "core/error.h"
#include "core/text.h"
#include "keyring/kek_changes.h"

namespace pcx::cli {

namespace {

using keyring::KekChange;

// What a new one asks of whoever runs it.
std::string advice_about(const KekChange& change) {
  if (change.kek.kind == keyring::KekKind::recovery) {
    return fmt::format("Put {} into a safe and remove it here.",
                       escape_controls(change.files.front().native()));
  }
  return fmt::format("Name it where pcx runs: keyring.kek: {}", described(change.kek));
}

Outcome run_add(Context& context, const Values& values) {
  const auto source = values.optional_text("SOURCE");
  const auto recovery_file = values.optional_text("--recovery");
  if (source.has_value() == recovery_file.has_value()) {
    throw Error{ErrorCode::usage, "kek add wants either a SOURCE or --recovery FILE",
                "Give file:PATH, env:NAME or command:PROGRAM, or the new file for a private key."};
  }
  if (recovery_file) {
    KeyringChange work{context, values};
    const KekChange change = keyring::add_recovery_key(work.tools(), *recovery_file);
    return show_kek(change, "Added. " + advice_about(change));
  }
  const auto parsed = keyring::parse_kek_source(*source);
  KeyringChange work{context, values};
  const KekChange change = keyring::add_kek(work.tools(), parsed, kek_tools(context));
  return show_kek(change, "Added. " + advice_about(change));
}

Outcome run_rotate(Context& context, const Values& values) {
  const auto source = keyring::parse_kek_source(values.text("SOURCE"));
  const auto named = optional_id_in(values, "--replaces");
  KeyringChange work{context, values};
  const auto old = named ? *named : keyring::only_kek(work.rows());
  const KekChange change = keyring::rotate_kek(work.tools(), old, source, kek_tools(context));
  return show_kek(change, fmt::format("It has taken the place of {}, which only backups from "
                                      "before need now. {}",
                                      old, advice_about(change)));
}

Outcome run_remove(Context& context, const Values& values) {
  const auto id = id_in(values, "ID");
  KeyringChange work{context, values};
  const keyring::Keyring keyring = work.look();
  keyring::require_removable(keyring.rows(), id);
  context.confirm(values, fmt::format("Remove key-encryption key {}?", id),
                  {fmt::format("{} will not open the keyring any more",
                               described(*find_kek(keyring.rows(), id)))});
  const KekChange change = keyring::remove_kek(work.tools(), id);
  return show_kek(change,
                  "Removed. Backups of schema pcx from before can still be opened with it.");
}

const ExitNote kNoKeyringNote{66, "there is no keyring, or no such key-encryption key"};
const ExitNote kCommandNote{69, "the command of a key-encryption key failed"};
const ExitNote kBusyNote{75, "another change of the keyring is under way, or came in between"};
const ExitNote kOpenNote{77, "a file with a key can be read by others"};
const ExitNote kExistsNote{79, "the keyring has this key-encryption key already"};
const ExitNote kTamperedNote{
    80, "the keyring was changed without pcx, or another key-encryption key is meant"};

Cmd add_command() {
  return {
      .path = "key kek add",
      .summary = "Put all data keys under one more key-encryption key",
      .detail =
          "From then on any of them opens the keyring, and all are needed to make a new "
          "data key. No value is touched.\n\n--recovery makes another pair of recovery keys. "
          "--recovery-key opens the keyring with the key from the safe, when all others are "
          "lost; whoever can write to the database could have forged what it opens, so compare "
          "with an export ('pcx key recover export') that was kept elsewhere.",
      .options = {{.name = "--recovery",
                   .type = Type::file,
                   .metavar = "FILE",
                   .help = "make a recovery key, its private half in this new file"},
                  recovery_key_option(),
                  kek_option()},
      .arguments = {{.name = "SOURCE",
                     .help = "file:PATH (made where there is none), env:NAME or command:PROGRAM",
                     .required = false}},
      .examples = {{"pcx key kek add env:PCX_KEK", "also from a variable"},
                   {"pcx key kek add --recovery /media/usb/second.pem", "a second safe"}},
      .exits = {{0, "added"},
                kNoKeyringNote,
                kCommandNote,
                {73, "the file for the recovery key is there already, or cannot be made"},
                kBusyNote,
                kOpenNote,
                kExistsNote,
                kTamperedNote},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .run = run_add};
}

Cmd rotate_command() {
  return {
      .path = "key kek rotate",
      .summary = "Put another key-encryption key in the place of one",
      .detail =
          "Every data key is wrapped under the new one, every new wrap is opened again, and "
          "the old one is removed, in one transaction. No value is touched. When the old one "
          "is lost, --recovery-key FILE opens the keyring with the key from the safe.",
      .options = {{.name = "--replaces",
                   .type = Type::integer,
                   .metavar = "ID",
                   .help = "which one goes (default: the only one)",
                   .dynamic = "keks"},
                  recovery_key_option(),
                  kek_option()},
      .arguments = {{.name = "SOURCE",
                     .help = "file:PATH (made where there is none), env:NAME or command:PROGRAM"}},
      .examples = {{"pcx key kek rotate file:/etc/pcx/kek-2027",
                    "a new file in the place of the "
                    "old one"}},
      .exits = {{0, "rotated"},
                kNoKeyringNote,
                kCommandNote,
                kBusyNote,
                kOpenNote,
                kExistsNote,
                kTamperedNote},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .run = run_rotate};
}

Cmd remove_command() {
  return {.path = "key kek remove",
          .summary = "Let a key-encryption key or recovery key open nothing any more",
          .detail = "Two have to be left, and one of these must be no recovery key.",
          .options = {recovery_key_option(), kek_option()},
          .arguments = {id_argument("id of the key-encryption key", "keks")},
          .examples = {{"pcx key kek remove 2", "asks first"}},
          .exits = {{0, "removed"},
                    {1, "not confirmed, nothing was done"},
                    kNoKeyringNote,
                    kBusyNote,
                    {79, "too few would be left, or none that can be had now"},
                    kTamperedNote},
          .needs = Needs::database,
          .mutating = true,
          .schema_when_asked = true,
          .destructive = true,
          .run = run_remove};
}

}  // namespace

std::vector<Cmd> key_kek_commands() {
  return {{.path = "key kek", .summary = "Add, rotate and remove key-encryption keys"},
          add_command(),
          rotate_command(),
          remove_command()};
}

}  // namespace pcx::cli
