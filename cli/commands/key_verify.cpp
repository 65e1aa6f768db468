// pcx key verify: flags -> lib/inspect -> show.
#include <optional>

#include <fmt/format.h>

#include "cli/build_info.h"
#include "cli/commands/key_field_tools.h"
#include "cli/commands/key_tools.h"
#include "cli/commands/key_verify_views.h"
#include "core/error.h"
#include "core/file.h"
#include "core/json.h"
#include "inspect/certificate.h"

namespace pcx::cli {

namespace {

constexpr std::int64_t kWorkersMax = 16;

void require_together(const Values& values) {
  const bool is_check = values.has("--check");
  if (values.has("--public-key") && !is_check) {
    throw Error{ErrorCode::usage, "--public-key goes with --check", "Give the certificate, too."};
  }
  if (values.flag("--full") && values.has("--sample")) {
    throw Error{ErrorCode::usage, "--full and --sample exclude each other", "Give one of them."};
  }
  const bool reads_values = values.flag("--full") || values.has("--sample") || values.has("--out");
  if (is_check && reads_values) {
    throw Error{ErrorCode::usage, "--check reads no values", "Give it with --public-key or alone."};
  }
}

keyring::Keyring open_keyring_of(Context& context, const Values& values, db::Database& database) {
  return keyring::open_keyring(database, named_keks(values), kek_tools(context));
}

Outcome run_check(Context& context, const Values& values) {
  const std::string& file = values.text("--check");
  const Document certificate = parse_json(read_file(file), file);
  const auto signature = inspect::read_signature(certificate);
  crypto::Ed25519PublicKey key{};
  if (const auto given = values.optional_text("--public-key")) {
    key = inspect::parse_public_key(*given);
  } else {
    db::Database database = context.open_database(db::ConnectOptions{});
    key = inspect::public_key_of(open_keyring_of(context, values, database), signature.key);
  }
  return show_certificate(certificate, inspect::is_signed_by(certificate, key));
}

std::optional<std::int64_t> sample_in(const Values& values) {
  if (values.flag("--full")) return std::nullopt;
  return values.optional_integer("--sample").value_or(inspect::kSampleRows);
}

inspect::VerifyJob job_of(Context& context, const Values& values, const FieldPlaces& places,
                          const FieldKeys& keys) {
  const auto sample = sample_in(values);
  return {.heaps = places.heaps,
          .keys = keys.keys(),
          .sample_rows = sample,
          .workers = static_cast<int>(values.integer("--workers")),
          .random = context.random(),
          .clock = context.clock(),
          .interrupt = context.interrupt(),
          .connect = [&context] { return context.open_database(db::ConnectOptions{}); },
          .on_progress =
              [&context, is_sample = sample.has_value()](std::int64_t done, std::int64_t total) {
                context.progress().update("verifying", "", done, total, is_sample ? "row" : "page");
              }};
}

Outcome run_verify(Context& context, const Values& values) {
  require_together(values);
  if (values.has("--check")) return run_check(context, values);
  const auto file = values.optional_text("--out");
  if (file) require_writable(*file);
  db::Database database = context.open_database(db::ConnectOptions{});
  const keyring::Keyring keyring = open_keyring_of(context, values, database);
  const FieldPlaces places = read_field_places(context, database);
  const FieldKeys keys{keyring};
  const auto verification = inspect::verify(database, job_of(context, values, places, keys));
  context.progress().clear();
  if (file) {
    const Document certificate =
        inspect::make_certificate(verification, {.pcx_version = std::string{kVersion},
                                                 .database = inspect::read_identity(database),
                                                 .registry = places.registry,
                                                 .keyring = keyring});
    write_file_atomically(*file, to_json(certificate, 2) + "\n", 0600);
  }
  return show_verification(verification, file.value_or(""));
}

}  // namespace

std::vector<Cmd> key_verify_commands() {
  return {
      {.path = "key verify",
       .summary = "Open the values of every field, and certify what was found",
       .detail =
           "Opens values under the keys of the keyring, and counts them by kind, key and format: "
           "damaged ones, of another row or column, sealed twice, with a short tag, not "
           "encrypted. By default random pages of each table are read, until there are some "
           "10,000 rows; --full reads every row. All of it is of one snapshot, which keeps "
           "vacuum from clearing away what is older while it runs.\n\n--out writes a certificate "
           "for others: what was looked at, when, where, the findings (at most 10,000) and the "
           "verdict, signed by the keyring's signing key. --check says whether a certificate is "
           "as it was signed; with --public-key it needs no database. Fields of the built-in "
           "profile "
           "whose table the database does not have are listed as not looked at, and change no "
           "verdict, as long as one field is there. That an old value of a cell "
           "was put back is not noticed by any of this.",
       .options = {{.name = "--full", .type = Type::flag, .help = "every row"},
                   {.name = "--sample",
                    .type = Type::integer,
                    .metavar = "N",
                    .help = "some N rows of each table (default: 10000)",
                    .minimum = 1},
                   {.name = "--workers",
                    .type = Type::integer,
                    .metavar = "N",
                    .help = "threads, with a session each",
                    .fallback = "1",
                    .minimum = 1,
                    .maximum = kWorkersMax},
                   {.name = "--out",
                    .type = Type::file,
                    .metavar = "FILE",
                    .help = "write a signed certificate"},
                   {.name = "--check",
                    .type = Type::file,
                    .metavar = "FILE",
                    .help = "check the signature of a certificate instead"},
                   {.name = "--public-key",
                    .metavar = "BASE64",
                    .help = "with this key (default: the keyring's that the certificate names)"},
                   kek_option()},
       .examples = {{"pcx key verify", "a sample of each table"},
                    {"pcx key verify --full --workers 4 --out certificate.json",
                     "every value, and the proof of it"},
                    {"pcx key verify --check certificate.json", "is it genuine?"}},
       .exits = {{0, "every value opens; the signature holds"},
                 {1, "some values are not encrypted, all others open"},
                 {2, "some values do not open; the signature does not hold"},
                 {3, "something could not be looked at, or there is no field at all"},
                 {65, "the file is no certificate"},
                 {66, "there is no keyring, no key-encryption key, or no signing key"},
                 {80, "the keyring was changed without pcx"}},
       .needs = Needs::config,
       .run = run_verify}};
}

}  // namespace pcx::cli
