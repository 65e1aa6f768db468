#include "cli/commands/audit_tools.h"

#include <fmt/format.h>

#include "audit/anchor.h"
#include "audit/signing_key_file.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "core/time.h"
#include "db/journal.h"
#include "sandbox/cluster_database.h"
#include "sandbox/cluster_state.h"

namespace pcx::cli {

namespace {

constexpr std::chrono::milliseconds kPauseMin{100};

bool may_exist(const std::filesystem::path& path) {
  std::error_code failure;  // what cannot be looked at counts as there: reading it says why
  return std::filesystem::exists(path, failure) || failure;
}

bool has_option(const Values& values, std::string_view name) {
  for (const Values::Entry& entry : values.entries()) {
    if (entry.name == name) return true;
  }
  return false;
}

audit::VerifierKey parse_verifier_key(const Values::Entry& entry, const std::string& text) {
  try {
    return audit::VerifierKey::parse(text);
  } catch (const Error& mistake) {
    throw Error{entry.source == Source::flag ? ErrorCode::usage : ErrorCode::config,
                fmt::format("{}: {}", entry.origin, mistake.what()),
                "Give it as 'pcx audit keygen' printed it: name+id+key."};
  }
}

}  // namespace

std::chrono::milliseconds pause_in(const Values& values) {
  const auto pause = values.duration("--every");
  if (pause >= kPauseMin) return pause;
  throw Error{ErrorCode::usage,
              fmt::format("option --every: {} is less than {}", to_short_text(pause),
                          to_short_text(kPauseMin)),
              "Give 100ms or more."};
}

Opt signing_key_option() {
  return {.name = "--signing-key",
          .type = Type::file,
          .metavar = "FILE",
          .help =
              "file with the trail's signing key (default: systemd's credential "
              "pcx-audit-signing-key; in a sandbox its own)",
          .environment = "PCX_AUDIT_SIGNING_KEY",
          .config_key = "audit.signing_key"};
}

Opt verifier_key_option() {
  return {.name = "--verifier-key",
          .metavar = "KEY",
          .help =
              "believe what this key has signed: name+id+key, as 'pcx audit keygen' prints it "
              "(default: the one that belongs to the signing key)",
          .config_key = "audit.verifier_keys",
          .repeated = true};
}

std::optional<std::filesystem::path> sandbox_signing_key_file(Context& context,
                                                              db::Database& database) {
  std::vector<sandbox::Layout> layouts;
  if (!context.config().path().empty()) {
    layouts.push_back({std::filesystem::absolute(context.config().path()).parent_path()});
  }
  if (auto layout = sandbox::default_layout(context.environment())) layouts.push_back(*layout);
  for (const sandbox::Layout& layout : layouts) {
    const auto state = sandbox::read_state(layout);
    if (state && sandbox::is_session_of(database, *state)) return layout.signing_key_file();
  }
  return std::nullopt;
}

std::optional<std::filesystem::path> find_signing_key(Context& context, const Values& values,
                                                      db::Database* database) {
  if (has_option(values, "--signing-key")) {
    if (const auto named = values.optional_text("--signing-key")) return *named;
  }
  if (auto credential = audit::find_signing_credential(context.environment())) return credential;
  if (database == nullptr) return std::nullopt;
  auto file = sandbox_signing_key_file(context, *database);
  if (file && !may_exist(*file)) file.reset();
  return file;
}

audit::SigningKey open_signing_key(Context& context, const Values& values) {
  const auto file = find_signing_key(context, values, &context.database());
  if (file) return audit::read_signing_key_file(*file);
  throw Error{ErrorCode::not_found, "no signing key of the trail is named",
              "Make one with 'pcx audit keygen --out FILE', then give --signing-key FILE, or name "
              "it in the configuration (audit.signing_key)."}
      .because("no_signing_key");
}

std::vector<audit::VerifierKey> verifier_keys(Context& context, const Values& values,
                                              db::Database* database) {
  std::vector<audit::VerifierKey> keys;
  const Values::Entry& entry = values.entry("--verifier-key");
  for (const std::string& text : entry.texts) keys.push_back(parse_verifier_key(entry, text));
  if (!keys.empty()) return keys;
  const auto file = find_signing_key(context, values, database);
  if (file) return {audit::read_signing_key_file(*file).verifier()};
  throw Error{ErrorCode::not_found, "nobody's signatures are believed: no verifier key is named",
              "Give --verifier-key KEY, as 'pcx audit keygen' printed it, or name it in the "
              "configuration (audit.verifier_keys)."}
      .because("no_verifier_key");
}

std::vector<std::string> notes_in_file(const std::filesystem::path& file) {
  auto notes = audit::split_notes(read_file(file, audit::kAnchorBytesMax));
  if (!notes.empty()) return notes;
  throw Error{ErrorCode::data,
              fmt::format("{} holds no checkpoint", escape_controls(file.native())),
              "Give a file that 'pcx audit anchor' wrote."}
      .because("no_checkpoint");
}

void record_audit(Context& context, db::Transaction& tx, const db::Deed& deed) {
  db::record_deed(tx, context.actor(), context.agreed(deed));
}

}  // namespace pcx::cli
