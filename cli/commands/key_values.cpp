// pcx key keyfile, open, seal: the keys for the application, and single values.
#include <algorithm>
#include <set>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/commands/key_tools.h"
#include "cli/commands/key_views.h"
#include "core/error.h"
#include "core/file.h"
#include "core/secret_stream.h"
#include "core/text.h"
#include "crypto/encoding.h"
#include "keyring/field_value.h"
#include "keyring/keyfile.h"
#include "keyring/store.h"

namespace pcx::cli {

namespace {

// Four thirds of the longest plaintext, and its envelope.
constexpr std::size_t kValueBytesMax = crypto::kFieldBytesMax / 3 * 4 + 1024;

// --- keyfile

std::set<keyring::Purpose> purposes_in(const Values& values) {
  std::set<keyring::Purpose> purposes = {keyring::Purpose::field};
  for (const std::string& name : values.texts("--purpose")) {
    purposes.insert(*keyring::purpose_of(name));
  }
  return purposes;
}

db::Deed keyfile_deed(const keyring::Keyfile& file, const std::string& path) {
  Document keys = Document::array();
  for (const auto id : file.keys) keys.add(id);
  Document details = Document::object();
  details.set("keys", std::move(keys));
  return {"key.keyfile", path, std::move(details)};
}

// What the journal says has happened: the intent is there before any key leaves the database.
void write_journalled(Context& context, const keyring::Keyfile& file, const std::string& path) {
  db::Database& database = context.database();
  const auto intent = db::record_intent(database, context.actor(), keyfile_deed(file, path));
  try {
    write_file_atomically(path, file.text.reveal_text(), 0600);
  } catch (const Error& error) {
    db::record_result(database, intent, fmt::format("failed: {}", error.what()));
    throw;
  }
  db::record_result(database, intent, "done");
}

Outcome run_keyfile(Context& context, const Values& values) {
  const std::string& path = values.text("--out");
  const auto keyring = open_keyring(context, values);
  context.upgrade_schema();
  const auto file =
      keyring::make_keyfile(keyring, purposes_in(values), optional_id_in(values, "--seal-with"),
                            context.clock().wall_now());
  write_journalled(context, file, path);
  View view{.columns = {{"id", "ID"},
                        {"purpose", "PURPOSE"},
                        {"format", "FORMAT"},
                        {"state", "STATE"},
                        {"seals", "SEALS"}},
            .rows = {},
            .summary = {}};
  for (const auto id : file.keys) {
    const auto& key = keyring.require(id);
    const bool seals =
        std::find(file.seal_with.begin(), file.seal_with.end(), id) != file.seal_with.end();
    view.rows.push_back({std::int64_t{id}, std::string{to_string(key.purpose)},
                         std::string{to_string(key.format)}, std::string{to_string(key.state)},
                         seals});
  }
  view.summary =
      fmt::format("Written to {}, which holds these keys in plain.", escape_controls(path));
  return {std::move(view)};
}

// --- open and seal

keyring::Cell cell_in(const Values& values) {
  keyring::Cell cell{keyring::parse_column(values.text("--column")), values.text("--row")};
  if (!cell.row.empty()) return cell;
  throw Error{ErrorCode::usage, "option --row: the value is empty",
              "Give the primary key of the row, as the database shows it."};
}

std::string_view without_line_break(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

db::Deed value_deed(const char* action, const keyring::Cell& cell, const keyring::DataKey& key) {
  Document details = Document::object();
  details.set("row", cell.row);
  details.set("key", key.id);
  details.set("format", to_string(key.format));
  return {action, fmt::format("{}.{}", cell.column.table, cell.column.column), std::move(details)};
}

Outcome show_plaintext(const keyring::OpenedValue& opened) {
  const std::string text{opened.plaintext.reveal_text()};
  Document document = Document::object();
  if (find_invalid_utf8(text)) {
    document.set("plaintext_base64", crypto::to_base64(opened.plaintext.reveal_bytes()));
  } else {
    document.set("plaintext", text);
  }
  document.set("key", opened.key.id);
  document.set("format", to_string(opened.key.format));
  return {PlainText{text, std::move(document)}};
}

Outcome run_open(Context& context, const Values& values) {
  const auto cell = cell_in(values);
  if (trim(values.text("--reason")).empty()) {
    throw Error{ErrorCode::usage, "option --reason: the value is empty",
                "Say why: it is written to the journal."};
  }
  const auto keyring = open_keyring(context, values);
  const Secret stored =
      read_secret_stream(STDIN_FILENO, "standard input", kValueBytesMax, &context.interrupt());
  const auto opened = keyring::open_value(keyring, cell, without_line_break(stored.reveal_text()));
  context.upgrade_schema();
  db::Transaction tx = context.database().begin();
  tx.commit_after({journal_of(context)(value_deed("key.open", cell, opened.key))});
  if (opened.is_sealed_twice) {
    context.progress().say("an encrypted value is in the plaintext: it was sealed twice");
  }
  return show_plaintext(opened);
}

Outcome run_seal(Context& context, const Values& values) {
  const auto cell = cell_in(values);
  const auto keyring = open_keyring(context, values);
  const auto& key = keyring::sealing_key(keyring, optional_id_in(values, "--key"));
  const Secret input = read_secret_stream(STDIN_FILENO, "standard input", crypto::kFieldBytesMax,
                                          &context.interrupt());
  const auto plaintext =
      values.flag("--strip") ? without_line_break(input.reveal_text()) : input.reveal_text();
  context.upgrade_schema();
  db::Transaction tx = context.database().begin();
  keyring::count_seals(tx, key.id, 1);
  const std::string sealed = keyring::seal_value(keyring, key, cell, plaintext, context.random());
  tx.commit_after({journal_of(context)(value_deed("key.seal", cell, key))});
  Document document = Document::object();
  document.set("value", sealed);
  document.set("key", key.id);
  return {PlainText{sealed + "\n", std::move(document)}};
}

Opt column_option() {
  return {.name = "--column",
          .metavar = "TABLE.COLUMN",
          .help = "where the value belongs; enc:v2 opens nowhere else",
          .dynamic = "fields",
          .required = true};
}

Opt row_option() {
  return {.name = "--row", .metavar = "ID", .help = "primary key of its row", .required = true};
}

const ExitNote kTamperedNote{
    80, "the keyring was changed without pcx, or another key-encryption key is meant"};

Cmd keyfile_command() {
  return {.path = "key keyfile",
          .summary = "Write the keys for the application's host to a file",
          .detail =
              "The file has mode 0600 and holds the keys in plain: those that may open "
              "values, and which one to seal with: the active key or, while none is, the "
              "imported key of format v1. Where several were imported, say with which of them "
              "the application seals today. The file is replaced as a whole, and belongs to "
              "whoever runs this command. The journal has an entry before it is written.",
          .options = {{.name = "--out",
                       .type = Type::file,
                       .metavar = "FILE",
                       .help = "the keyfile",
                       .environment = "PCX_KEYFILE",
                       .required = true},
                      {.name = "--purpose",
                       .type = Type::choice,
                       .metavar = "PURPOSE",
                       .help = "also keys of this purpose",
                       .choices = {"blind_index", "pepper"},
                       .repeated = true},
                      {.name = "--seal-with",
                       .type = Type::integer,
                       .metavar = "ID",
                       .help = "the imported key of format v1 that the application seals with",
                       .dynamic = "keys"},
                      kek_option()},
          .examples = {{"pcx key keyfile --out /run/app/keys.json", "after each key activate"}},
          .exits = {{0, "written"},
                    {66, "there is no keyring, or no key-encryption key"},
                    {73, "the file cannot be made"},
                    {79,
                     "no key is active, and several may be the one to seal with (reason "
                     "several_keys), or --seal-with names none of them"},
                    kTamperedNote},
          .needs = Needs::database,
          .mutating = true,
          .schema_when_asked = true,
          .run = run_keyfile};
}

Cmd open_command() {
  return {
      .path = "key open",
      .summary = "Open one encrypted value",
      .detail =
          "Reads the stored text from standard input (enc:v1, enc:v2 or the guide's JSON; a "
          "line break at its end does not count) and writes the plaintext, exactly as it was "
          "sealed. The journal has an entry with the reason before it is shown.",
      .options = {column_option(),
                  row_option(),
                  {.name = "--reason",
                   .metavar = "TEXT",
                   .help = "why somebody has to see it, for the journal",
                   .environment = "PCX_REASON",
                   .required = true},
                  kek_option()},
      .examples = {{"pcx key open --column clients.phone --row 42 --reason \"ticket 7\" < value",
                    "one value"}},
      .exits = {{0, "opened"},
                {65, "it is not encrypted, or malformed: a short tag, wrong base64"},
                {66, "it names a key that is not there; there is no keyring"},
                {79, "its key is retired or destroyed"},
                {80,
                 "it belongs to another row or column, to another key, or is damaged; or the "
                 "keyring was changed without pcx"}},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .confidential = true,
      .run = run_open};
}

Cmd seal_command() {
  return {.path = "key seal",
          .summary = "Seal one value",
          .detail =
              "Reads the plaintext from standard input, every byte of it, and writes the text "
              "that is to be stored in that column of that row.",
          .options = {column_option(),
                      row_option(),
                      {.name = "--key",
                       .type = Type::integer,
                       .metavar = "ID",
                       .help = "only with this key (default: the active one)",
                       .dynamic = "keys"},
                      {.name = "--strip",
                       .type = Type::flag,
                       .help = "without a line break at the end of the input"},
                      kek_option()},
          .examples = {{"printf %s \"$phone\" | pcx key seal --column clients.phone --row 42",
                        "one value"}},
          .exits = {{0, "sealed"},
                    {66, "no key is active; there is no keyring"},
                    {79, "the key does not seal, or has sealed 2^32 values"},
                    kTamperedNote},
          .needs = Needs::database,
          .mutating = true,
          .schema_when_asked = true,
          .run = run_seal};
}

}  // namespace

std::vector<Cmd> key_value_commands() {
  return {keyfile_command(), open_command(), seal_command()};
}

}  // namespace pcx::cli
