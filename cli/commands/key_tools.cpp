#include "cli/commands/key_tools.h"

#include <limits>

#include <fmt/format.h>

#include "cli/commands/suggestions.h"
#include "cli/values.h"
#include "core/error.h"
#include "core/file.h"
#include "keyring/store.h"

namespace pcx::cli {

namespace {

bool has_recovery_key(const Values& values) {
  for (const auto& entry : values.entries()) {
    if (entry.name == "--recovery-key") return !entry.texts.empty();
  }
  return false;
}

}  // namespace

Opt kek_option() {
  return {.name = "--kek",
          .metavar = "SOURCE",
          .help =
              "key-encryption key: file:PATH, env:NAME or command:PROGRAM (default: the files "
              "and variables that the keyring names)",
          .environment = "PCX_KEYRING_KEK",
          .config_key = "keyring.kek",
          .repeated = true};
}

Opt recovery_key_option() {
  return {.name = "--recovery-key",
          .type = Type::file,
          .metavar = "FILE",
          .help =
              "open the keyring with this private key from the safe, when the key-encryption "
              "keys are lost"};
}

Arg id_argument(std::string_view help, std::string_view dynamic) {
  return {.name = "ID", .help = help, .type = Type::integer, .dynamic = dynamic};
}

std::int32_t id_in(const Values& values, std::string_view name) {
  const auto number = parse_integer(values.text(name));
  if (number && *number > 0 && *number <= std::numeric_limits<std::int32_t>::max()) {
    return static_cast<std::int32_t>(*number);
  }
  throw Error{ErrorCode::usage, fmt::format("{}: '{}' is no id", name, values.text(name)),
              "Ids are whole numbers from 1 on: see 'pcx key status'."};
}

std::optional<std::int32_t> optional_id_in(const Values& values, std::string_view name) {
  if (!values.has(name)) return std::nullopt;
  return id_in(values, name);
}

std::vector<keyring::KekSource> named_keks(const Values& values) {
  std::vector<keyring::KekSource> sources;
  for (const std::string& text : values.texts("--kek")) {
    sources.push_back(keyring::parse_kek_source(text));
  }
  return sources;
}

keyring::KekTools kek_tools(Context& context) {
  return {context.environment(), context.random(), &context.interrupt()};
}

keyring::Keyring open_keyring(Context& context, const Values& values) {
  return keyring::open_keyring(context.database(), named_keks(values), kek_tools(context));
}

std::function<db::Query(const db::Deed&)> journal_of(Context& context) {
  return [&context](const db::Deed& deed) {
    return db::deed_query(context.actor(), context.agreed(deed));
  };
}

KeyringChange::KeyringChange(Context& context, const Values& values)
    : context_(context), rows_(keyring::require_rows(context.database())) {
  if (has_recovery_key(values)) {
    recovery_pem_ = read_secret_file(values.text("--recovery-key"));
  } else {
    keks_ = keyring::load_keks(rows_, named_keks(values), kek_tools(context));
  }
  context.upgrade_schema();
}

keyring::ChangeTools KeyringChange::tools() {
  return {context_.database(),  keks_,
          context_.clock(),     context_.random(),
          journal_of(context_), recovery_pem_ ? &*recovery_pem_ : nullptr};
}

keyring::Keyring KeyringChange::look() const {
  return {rows_, recovery_pem_ ? keyring::opener_of(*recovery_pem_, rows_)
                               : keyring::opener_of(keks_, rows_)};
}

std::vector<Suggestion> suggest_keys(const SuggestionTools& tools) {
  std::vector<Suggestion> suggestions;
  db::Database database = tools.open_database();
  for (const auto& key : keyring::list_keys(database)) {
    suggestions.push_back(
        {std::to_string(key.id), fmt::format("{} {}, {}", key.purpose, key.format, key.state)});
  }
  return suggestions;
}

std::vector<Suggestion> suggest_keks(const SuggestionTools& tools) {
  std::vector<Suggestion> suggestions;
  db::Database database = tools.open_database();
  for (const auto& kek : keyring::list_keks(database)) {
    suggestions.push_back({std::to_string(kek.id), kek.place});
  }
  return suggestions;
}

}  // namespace pcx::cli
