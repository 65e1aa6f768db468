// The check of the keyring: is it there, is it whole, can its key-encryption key be had?
#include <fmt/format.h>

#include "cli/context.h"
#include "cli/doctor.h"
#include "core/text.h"
#include "keyring/keyring.h"
#include "keyring/store.h"

namespace pcx::cli {

namespace {

using keyring::KekSource;

std::vector<KekSource> named_keks(const Patient& patient) {
  const std::string named = patient.setting("keyring.kek");
  if (named.empty()) return {};
  return {keyring::parse_kek_source(named)};
}

// A command may take its time, and ask somebody.
bool is_command(const std::vector<KekSource>& named) {
  return !named.empty() && named.front().provider == KekSource::Provider::command;
}

Checked check_keyring(Patient& patient) {
  auto rows = keyring::read_rows(*patient.database());
  if (!rows) return {Health::skip, "there is no keyring", {}};
  const auto named = named_keks(patient);
  if (is_command(named)) {
    return {Health::skip, "the key-encryption key is had from a command, which is not run here",
            "Run 'pcx key status' to verify the keyring."};
  }
  Context& context = patient.context();
  const keyring::Keks keks =
      keyring::load_keks(*rows, named, {context.environment(), context.random()});
  keyring::Opener opener = keyring::opener_of(keks, *rows);
  const keyring::Keyring opened{std::move(*rows), std::move(opener)};
  const std::string message = fmt::format(
      "{}, verified", counted(static_cast<long long>(opened.rows().keys.size()), "key"));
  if (!named.empty()) return {Health::ok, message, {}};
  return {Health::warn, message + "; no key-encryption key is named",
          "Set keyring.kek in the configuration: then a keyring that somebody else put into the "
          "database is refused."};
}

}  // namespace

std::vector<Check> keyring_checks() { return {{"keyring", connected<check_keyring>}}; }

}  // namespace pcx::cli
