// pcx apikey export, import: flags -> lib/apikey -> show.
#include <unistd.h>

#include <fmt/format.h>

#include "apikey/store.h"
#include "apikey/transfer_store.h"
#include "cli/commands/apikey_tools.h"
#include "cli/commands/key_tools.h"
#include "core/error.h"
#include "core/file.h"
#include "core/stream.h"
#include "core/text.h"
#include "keyring/keyring.h"

namespace pcx::cli {

namespace {

using apikey::ImportPlan;
using apikey::Transfer;

constexpr std::size_t kNamedMax = 1000;  // ids in the journal

long long number_of(std::size_t count) { return static_cast<long long>(count); }

// --- export

Outcome run_export(Context& context, const Values&) {
  const keyring::Rows rows = keyring::require_rows(context.database());
  db::Transaction tx =
      context.database().begin(db::Access::read_only, db::Isolation::repeatable_read);
  apikey::require_tables(tx);
  Transfer transfer{.written_at = context.clock().wall_now(),
                    .peppers = {},
                    .keys = apikey::read_transfer_keys(tx)};
  transfer.peppers = apikey::peppers_for(transfer.keys, rows);
  context.progress().say(fmt::format("{} exported, under {}",
                                     counted(number_of(transfer.keys.size()), "key"),
                                     counted(number_of(transfer.peppers.size()), "pepper")));
  return {PlainText{apikey::to_lines(transfer)}};
}

// --- import

Transfer read_transfer(Context& context, const Values& values) {
  const std::string& path = values.text("FILE");
  if (path != "-") {
    return apikey::parse_transfer(read_file(path, apikey::kTransferBytesMax),
                                  escape_controls(path));
  }
  const std::string name = "standard input";
  return apikey::parse_transfer(
      read_stream(STDIN_FILENO, name, apikey::kTransferBytesMax, context.interrupt()), name);
}

// A dry run foretells what the table will be like that it does not make.
void require_tables(db::Transaction& tx, bool is_dry_run) {
  if (is_dry_run) return apikey::require_application_table(tx);
  apikey::require_tables(tx);
}

Document ids_of(const std::vector<std::string>& ids) {
  Document list = Document::array();
  for (std::size_t i = 0; i < ids.size() && i < kNamedMax; ++i) list.add(ids[i]);
  return list;
}

std::vector<std::string> fresh_ids(const ImportPlan& plan) {
  std::vector<std::string> ids;
  for (const auto& key : plan.fresh) ids.push_back(key.key.id);
  return ids;
}

db::Deed import_deed(const ImportPlan& plan) {
  Document details = Document::object();
  details.set("count", static_cast<std::int64_t>(plan.fresh.size()));
  details.set("keys", ids_of(fresh_ids(plan)));
  details.set("identical", plan.identical);
  details.set("different", ids_of(plan.different));
  const std::string object = plan.fresh.size() == 1 ? plan.fresh.front().key.id : "";
  return {"apikey.import", object, std::move(details)};
}

std::string summary_of(const ImportPlan& plan, bool is_dry_run) {
  std::string text = fmt::format(
      "{} {} imported, {} {} here already.", counted(number_of(plan.fresh.size()), "key"),
      is_dry_run ? "would be" : "were", plan.identical, plan.identical == 1 ? "was" : "were");
  if (!plan.different.empty()) {
    text += fmt::format(
        " Of {} something else is said here, which stays: compare 'pcx apikey show ID'.",
        counted(number_of(plan.different.size()), "key"));
  }
  return text;
}

Outcome show(const Transfer& transfer, const ImportPlan& plan, bool is_dry_run) {
  Document tree = Document::object();
  tree.set("written_at", Document{Cell{transfer.written_at}});
  tree.set(is_dry_run ? "to_import" : "imported", static_cast<std::int64_t>(plan.fresh.size()));
  tree.set("identical", plan.identical);
  tree.set("different", ids_of(plan.different));
  const bool is_found = !plan.different.empty() || (is_dry_run && !plan.fresh.empty());
  return {Tree{std::move(tree), summary_of(plan, is_dry_run)},
          is_found ? Finding::warning : Finding::ok};
}

Outcome run_import(Context& context, const Values& values) {
  const bool is_dry_run = values.flag("--dry-run");
  Transfer transfer = read_transfer(context, values);
  apikey::adopt_peppers(transfer, open_keyring(context, values));
  if (!is_dry_run) context.upgrade_schema();
  db::Transaction tx = context.database().begin(
      is_dry_run ? db::Access::read_only : db::Access::read_write, db::Isolation::repeatable_read);
  require_tables(tx, is_dry_run);
  const ImportPlan plan = apikey::plan_import(tx, std::move(transfer.keys));
  if (is_dry_run || plan.fresh.empty()) return show(transfer, plan, is_dry_run);
  apikey::write_import(tx, plan);
  record(context, tx, import_deed(plan));
  tx.commit();
  return show(transfer, plan, false);
}

Cmd export_command() {
  return {
      .path = "apikey export",
      .summary = "Write all API keys to a file, to be imported elsewhere",
      .detail =
          "JSON Lines: a line that names the peppers by their check, then one a key, with "
          "everything of its row in api_keys; keys that are not taken are among them. The keys "
          "themselves are not: a digest is of use only to a database whose keyring has the same "
          "pepper. Counts of uses are left out, and so are keys whose row in api_keys is gone. A "
          "file of --output gets mode 0600, since owners, "
          "names and digests are nobody else's business.",
      .examples = {{"pcx apikey export --output keys.jsonl", "a copy beside the backup"},
                   {"pcx apikey export | ssh other pcx apikey import -", "to a restored keyring"}},
      .exits = {{0, "written"},
                {65, "a key is too long for a line, or has a pepper that the keyring has not"},
                {66, "there is no keyring, no table api_keys, or no key of pcx"},
                {77, "the role may not read schema pcx or api_keys"}},
      .needs = Needs::database,
      .confidential = true,
      .run = run_export};
}

Cmd import_command() {
  return {
      .path = "apikey import",
      .summary = "Take over API keys that another pcx exported",
      .detail =
          "All or nothing, in one transaction. Keys that are here already are counted and left as "
          "they are. Where the file and the database say different things of the same key (it was "
          "revoked here meanwhile), the database's word stays, the key is named, and the exit "
          "status is 1. Another key under an id, row or digest that is taken is a conflict, and so "
          "is a "
          "key that 'pcx apikey prune' deleted here: it does not come back.\n\nA "
          "digest belongs to its pepper: this keyring must have the same key, which is known by "
          "its check; its id may be another one. Clients go on with the keys that they have.",
      .options = {{.name = "--dry-run",
                   .type = Type::flag,
                   .help =
                       "check everything, and write nothing; exit 1 when there is a key to import"},
                  kek_option()},
      .arguments = {{.name = "FILE",
                     .help = "what 'pcx apikey export' wrote; -: standard input",
                     .type = Type::file}},
      .examples = {{"pcx apikey import keys.jsonl --dry-run", "whether everything fits"},
                   {"pcx apikey import keys.jsonl --reason \"moved to db2\"", "all of them"}},
      .exits =
          {{0, "imported, or all were here already"},
           {1,
            "with --dry-run: there are keys to import; with or without: something else is said "
            "here of some"},
           {65, "the file does not hold up: of another version, cut off, or malformed"},
           {66, "there is no such file, no keyring, or no table api_keys"},
           {79,
            "another key is here under the same id, row or digest (reason taken); or keys of the "
            "file were deleted here (reason gone)"},
           {80, "a pepper is not in this keyring (reason pepper), or the keyring was changed"}},
      .needs = Needs::database,
      .mutating = true,
      .schema_when_asked = true,
      .run = run_import};
}

}  // namespace

std::vector<Cmd> apikey_transfer_commands() { return {export_command(), import_command()}; }

}  // namespace pcx::cli
