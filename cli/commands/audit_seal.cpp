// pcx audit seal, anchor, key rotate: flags -> lib/audit -> show.
#include <optional>

#include <fmt/format.h>

#include "audit/anchor.h"
#include "audit/catalog.h"
#include "audit/prove.h"
#include "audit/reader_rights.h"
#include "audit/seal.h"
#include "audit/signing_key_file.h"
#include "audit/trusted_keys.h"
#include "cli/commands/audit_install_tools.h"
#include "cli/commands/audit_tools.h"
#include "core/backoff.h"
#include "core/error.h"
#include "core/file.h"
#include "core/sleep.h"
#include "core/text.h"
#include "core/time.h"
#include "crypto/encoding.h"

namespace pcx::cli {

namespace {

using audit::SealReport;

constexpr std::chrono::seconds kLockPatience{60};  // until the server has noticed a lost session

std::string shown_age(const std::optional<std::chrono::milliseconds>& age) {
  return age ? to_short_text(*age) : "unknown";
}

std::string rest_text(const audit::Unsealed& rest) {
  if (rest.rows == 0) return "";
  std::string text =
      fmt::format(" {} {} not sealed yet, and the oldest is {} old", counted(rest.rows, "row"),
                  rest.rows == 1 ? "is" : "are", shown_age(rest.age));
  if (!rest.holder.empty()) {
    text += fmt::format(
        ". What holds them up is the oldest transaction that may still write: {}, "
        "open for {}",
        escape_controls(rest.holder), shown_age(rest.holder_age));
  }
  return text + ".";
}

std::string summary_of(const SealReport& report) {
  std::string text;
  if (report.has_opened_epoch) {
    text = fmt::format("A new tree begins, {}: this is another server or database than before. ",
                       report.epoch.origin);
  }
  if (report.checkpoints == 0) {
    text += "Nothing to seal.";
  } else {
    text += fmt::format("Sealed {}; leaves in the tree: {}.", counted(report.rows, "row"),
                        report.newest->size);
  }
  return text + rest_text(report.rest);
}

Document in_milliseconds(const std::optional<std::chrono::milliseconds>& age) {
  return age ? Document{std::int64_t{age->count()}} : Document{};
}

Document document_of(const SealReport& report) {
  Document document = Document::object();
  document.set("origin", report.epoch.origin);
  document.set("opened", report.has_opened_epoch);
  document.set("rows", report.rows);
  document.set("checkpoints", report.checkpoints);
  if (report.newest) {
    document.set("size", static_cast<std::int64_t>(report.newest->size));
    document.set("sealed_at", to_rfc3339_us(report.newest->sealed_at));
  }
  document.set("unsealed", report.rest.rows);
  document.set("unsealed_age_ms", in_milliseconds(report.rest.age));
  if (!report.rest.holder.empty()) {
    document.set("holder", escape_controls(report.rest.holder));
    document.set("holder_age_ms", in_milliseconds(report.rest.holder_age));
  }
  return document;
}

Outcome show(const SealReport& report) { return {Tree{document_of(report), summary_of(report)}}; }

std::vector<audit::SigningKey> keys_of(audit::SigningKey key) {
  std::vector<audit::SigningKey> keys;
  keys.push_back(std::move(key));
  return keys;
}

// The sealer that goes on: its lock, and what to do when its session is lost.
class Sealer {
 public:
  Sealer(Context& context, std::span<const audit::SigningKey> keys)
      : context_(context), keys_(keys) {}

  void run_every(std::chrono::milliseconds pause) {
    for (;;) {
      try_once();
      sleep_unless_stopped(context_.clock(), context_.interrupt(), failures_ > 0 ? delay() : pause);
    }
  }

 private:
  void try_once() {
    try {
      if (!lock_) take_lock();
      const SealReport report = audit::seal({context_.database(), keys_, context_.random()});
      failures_ = 0;
      if (report.checkpoints > 0 || report.has_opened_epoch) {
        context_.progress().say(summary_of(report));
      }
    } catch (const Error& error) {
      context_.interrupt().throw_if_requested();
      const bool is_passing =
          error.code() == ErrorCode::unreachable || error.code() == ErrorCode::busy;
      if (!is_passing || !has_sealed_) throw;
      ++failures_;
      lock_.reset();
      context_.progress().say(
          fmt::format("not sealed: {}; trying again in {}", error.what(), to_short_text(delay())));
    }
  }

  void take_lock() {
    db::Database& database = context_.database();
    if (has_sealed_) database.reconnect();
    lock_.emplace(
        database, audit::kSealLock,
        db::AdvisoryLock::Wait{.deadline = has_sealed_ ? kLockPatience : std::chrono::seconds{0}},
        context_.clock(), context_.interrupt());
    has_sealed_ = true;
  }

  std::chrono::milliseconds delay() {
    return backoff_delay({.first_delay = std::chrono::seconds{1},
                          .delay_max = std::chrono::seconds{60},
                          .jitter = 0},
                         failures_, context_.random());
  }

  Context& context_;
  std::span<const audit::SigningKey> keys_;
  std::optional<db::AdvisoryLock> lock_;
  bool has_sealed_ = false;  // it had the lock once: what fails from now on may pass
  int failures_ = 0;
};

db::AdvisoryLock lock_of(Context& context) {
  return db::AdvisoryLock{
      context.database(), audit::kSealLock, {}, context.clock(), context.interrupt()};
}

Outcome run_seal(Context& context, const Values& values) {
  const auto pause = values.has("--every") ? std::optional{pause_in(values)} : std::nullopt;
  const auto keys = keys_of(open_signing_key(context, values));
  SealReport report;
  audit::with_sealer_rights(context.database(), [&] {
    if (pause) Sealer{context, keys}.run_every(*pause);
    const db::AdvisoryLock lock = lock_of(context);
    report = audit::seal({context.database(), keys, context.random()});
  });
  return show(report);
}

// Nothing is kept that nobody will believe later on.
void require_believed(db::Transaction& tx, std::vector<audit::VerifierKey> given,
                      const audit::CheckpointRow& row) {
  const audit::TrustedKeys keys{std::move(given), audit::list_key_changes(tx)};
  const auto opened = keys.open(row.note);
  const auto* const doubt = std::get_if<audit::NoteDoubt>(&opened);
  if (doubt == nullptr) return;
  if (!doubt->strangers.empty()) throw audit::unknown_signers(doubt->strangers);
  throw Error{ErrorCode::critical,
              fmt::format("the newest checkpoint is not to be kept: {}", doubt->what),
              "'pcx audit verify' says more; runbooks/audit.md says what to do."}
      .because("checkpoint_altered");
}

audit::CheckpointRow require_checkpoint(Context& context, const Values& values) {
  db::Database& database = context.database();
  audit::require_trail(database);
  auto given = verifier_keys(context, values, &database);
  db::Transaction tx = database.begin(db::Access::read_only);
  if (const auto newest = audit::newest_checkpoint(tx)) {
    require_believed(tx, std::move(given), *newest);
    return *newest;
  }
  throw Error{ErrorCode::not_found, "nothing was sealed yet", "Run 'pcx audit seal'."}.because(
      "no_checkpoint");
}

Document document_of(const audit::CheckpointRow& row) {
  Document document = Document::object();
  document.set("epoch", std::int64_t{row.epoch});
  document.set("size", static_cast<std::int64_t>(row.size));
  document.set("sealed_at", to_rfc3339_us(row.sealed_at));
  document.set("note", row.note);
  return document;
}

// That the newest tree goes on from one that was kept.
Outcome show_consistency(Context& context, const audit::CheckpointRow& row,
                         const std::string& file) {
  const auto notes = notes_in_file(file);
  db::Transaction tx = context.database().begin(db::Access::read_only);
  const auto proof = audit::prove_consistency(tx, row, notes);
  Document document = document_of(row);
  const auto set_tree = [&](const char* size, const char* root, const audit::SealedTree& tree) {
    document.set(size, static_cast<std::int64_t>(tree.checkpoint.tree.size));
    document.set(root, crypto::to_base64(tree.checkpoint.tree.root));
  };
  set_tree("old_size", "old_root", proof.before);
  set_tree("new_size", "new_root", proof.now);
  Document hashes = Document::array();
  for (const audit::Hash& hash : proof.proof) hashes.add(crypto::to_base64(hash));
  document.set("proof", std::move(hashes));
  document.set("holds", proof.holds());
  return {Tree{std::move(document), proof.holds() ? "The tree goes on from the kept one."
                                                  : "The tree does not go on from the kept one."},
          proof.holds() ? Finding::ok : Finding::critical};
}

Outcome anchor(Context& context, const Values& values) {
  const auto row = require_checkpoint(context, values);
  if (const auto kept = values.optional_text("--since")) {
    return show_consistency(context, row, *kept);
  }
  const auto file = values.optional_text("--append");
  if (!file) return {PlainText{row.note, document_of(row)}};
  const bool is_new = audit::append_note(*file, row.note);
  Document document = document_of(row);
  document.set("appended", is_new);
  return {Tree{std::move(document),
               is_new ? fmt::format("Appended the checkpoint; leaves in its tree: {}.", row.size)
                      : "The newest checkpoint was there already."}};
}

Outcome run_anchor(Context& context, const Values& values) {
  Outcome outcome{PlainText{}};
  audit::with_reader_rights(context.database(), [&] { outcome = anchor(context, values); });
  return outcome;
}

Outcome run_key_rotate(Context& context, const Values& values) {
  auto keys = keys_of(open_signing_key(context, values));
  keys.push_back(audit::read_signing_key_file(values.text("--new-key")));
  audit::require_trail(context.database());
  require_trail_rights(context);
  context.upgrade_schema();
  const db::AdvisoryLock lock = lock_of(context);
  const SealReport report = audit::change_key({context.database(), keys, context.random()});
  db::Transaction tx = context.database().begin();
  Document details = Document::object();
  details.set("before", keys[0].verifier().text());
  details.set("after", keys[1].verifier().text());
  record_audit(context, tx, {"audit.key.rotate", keys[1].verifier().label(), details});
  tx.commit();
  Document document = document_of(report);
  document.set("verifier_key", keys[1].verifier().text());
  return {
      Tree{std::move(document),
           fmt::format("From now on {} signs: put its file in the place of the old one, and its "
                       "verifier key into audit.verifier_keys.",
                       keys[1].verifier().label())}};
}

const ExitNote kOtherSealer{75, "another sealer is at work"};
const ExitNote kAltered{2, "the newest checkpoint does not hold up: nothing was sealed over it"};

Cmd seal_command() {
  return {
      .path = "audit seal",
      .summary = "Seal what was added to the trail, and sign it",
      .detail =
          "Makes leaves of the rows that were added, in the order that never changes again: that "
          "of "
          "transactions which have all ended. The tree grows by them, and its root is signed. A "
          "transaction that stays open holds up everything behind it; it is named.\n\nEach run "
          "also makes the months ahead, looks whether triggers are as they were, and begins a new "
          "tree after a restore. Without anything to seal there is a checkpoint once an hour all "
          "the same, so that silence is seen.\n\nWith --every it runs until it is stopped (SIGINT, "
          "SIGTERM), and tries again when the server is away. It can be killed at any point. Have "
          "checkpoints elsewhere with 'pcx audit anchor': who has the database and the signing key "
          "can write another trail.",
      .options = {{.name = "--every",
                   .type = Type::duration,
                   .metavar = "TIME",
                   .help = "again and again, with this pause, at least 100ms: 10s"},
                  signing_key_option()},
      .examples = {{"pcx audit seal --every 10s", "as a service"},
                   {"pcx audit seal --signing-key /etc/pcx/audit.key", "once"}},
      .exits = {{0, "sealed, or there was nothing to seal"},
                kAltered,
                {64, "--every is less than 100ms"},
                {66, "there is no trail, or no signing key is named"},
                kOtherSealer,
                {77, "the role is no member of the owner of schema pcx (reason rights)"},
                {79, "the newest checkpoint was signed by another key"}},
      .needs = Needs::database_state,
      .run = run_seal};
}

Cmd anchor_command() {
  return {
      .path = "audit anchor",
      .summary = "Print or keep the newest checkpoint",
      .detail =
          "A checkpoint is a few lines of text, public, and signed. Kept where the owner of "
          "the database cannot reach, it is what proves that the trail was not rewritten: "
          "'pcx audit verify --against FILE'. With --append the file gets each checkpoint once. "
          "Its signature is verified first.",
      .options = {{.name = "--append",
                   .type = Type::file,
                   .metavar = "FILE",
                   .help = "append it to this file unless it is there already"},
                  {.name = "--since",
                   .type = Type::file,
                   .metavar = "FILE",
                   .help = "print the proof that it goes on from the last one in this file"},
                  verifier_key_option(),
                  signing_key_option()},
      .examples = {{"pcx audit anchor --append /mnt/worm/audit.checkpoints",
                    "to a disk that is written once"},
                   {"pcx audit anchor | ssh witness 'cat >> audit.checkpoints'",
                    "to another machine"}},
      .exits = {{0, "printed, appended, or there already"},
                {2,
                 "its signature is wrong; with --since: the tree does not go on from the kept one"},
                {3, "it was signed by somebody who is not known"},
                {65, "with --since: the file holds no checkpoint"},
                {66, "nothing was sealed yet, or no verifier key is named"},
                {73, "the file cannot be made"},
                {74, "the file cannot be written: a full disk"},
                {77, "the role may not read the trail (reason rights)"}},
      .needs = Needs::database,
      .run = run_anchor};
}

Cmd rotate_command() {
  return {.path = "audit key rotate",
          .summary = "Let another key sign the trail from now on",
          .detail =
              "Makes one checkpoint that both keys sign, so that whoever believes the old one may "
              "believe the new one. Make the new key with 'pcx audit keygen'; stop "
              "'pcx audit seal --every' before, and start it with the new key afterwards.",
          .options = {{.name = "--new-key",
                       .type = Type::file,
                       .metavar = "FILE",
                       .help = "the signing key that is to sign",
                       .required = true},
                      signing_key_option()},
          .examples = {{"pcx audit key rotate --new-key /etc/pcx/audit-2027.key", "once a year"}},
          .exits = {{0, "the new key signs"},
                    kAltered,
                    {66, "there is no trail, or no signing key is named"},
                    kOtherSealer,
                    {79,
                     "the newest checkpoint was signed by another key, or another one has taken "
                     "over from the new one before"}},
          .needs = Needs::database_state,
          .mutating = true,
          .schema_when_asked = true,
          .run = run_key_rotate};
}

}  // namespace

std::vector<Cmd> audit_seal_commands() {
  return {anchor_command(),
          {.path = "audit key", .summary = "The key that signs the trail"},
          rotate_command(),
          seal_command()};
}

}  // namespace pcx::cli
