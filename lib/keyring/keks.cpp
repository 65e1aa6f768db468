#include "keyring/keks.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"
#include "crypto/constant_time.h"
#include "keyring/wrapped_key.h"

namespace pcx::keyring {

namespace {

constexpr const char* kHowToName =
    "Set the key keyring.kek of the configuration, PCX_KEYRING_KEK or --kek";

bool is_equal(const std::string& one, const std::string& other) {
  return crypto::equal_in_constant_time(crypto::bytes_of(one), crypto::bytes_of(other));
}

Error of_no_row(const KekSource& source) {
  Error error{ErrorCode::crypto,
              fmt::format("{} is no key-encryption key of this keyring",
                          escape_controls(to_string(source))),
              "'pcx key status' lists them. Either it is another database's, or it was replaced by "
              "'pcx key kek rotate', or somebody changed table pcx.kek."};
  return error.because("other_kek");
}

Error not_run(const KekRow& kek) {
  Error error{
      ErrorCode::config,
      fmt::format("key-encryption key {} is had from a command, and none was named", kek.id),
      fmt::format("{} to command:PROGRAM. The keyring says {}, but is not believed: who can "
                  "write to the database could have any program run. Compare it with your "
                  "own notes.",
                  kHowToName, described(kek))};
  return error.because("kek_not_named");
}

// The rows of that provider; those of the same place first.
std::vector<const KekRow*> candidates_for(const KekSource& source, const Rows& rows) {
  std::vector<const KekRow*> candidates;
  for (const bool same_place : {true, false}) {
    for (const KekRow& kek : rows.keks) {
      const bool is_one = kek.kind == kind_of(source.provider);
      if (is_one && (kek.location == source.location) == same_place) candidates.push_back(&kek);
    }
  }
  return candidates;
}

void admit_named(KekId id, Secret key, Keks& keks) {
  keks.keys.insert_or_assign(id, std::move(key));
  if (!keks.first_named) keks.first_named = id;
}

// A service gives a key back for what it once answered: there is a try for each row.
void load_from_command(const Rows& rows, const KekSource& source, const KekTools& tools,
                       Keks& keks) {
  std::optional<Error> first;
  for (const KekRow* kek : candidates_for(source, rows)) {
    try {
      Secret key = load_kek(source, kek->wrapped, tools);
      if (!fits(rows, *kek, key)) continue;
      admit_named(kek->id, std::move(key), keks);
      return;
    } catch (const Error& error) {
      if (tools.interrupt != nullptr) tools.interrupt->throw_if_requested();
      if (!first) first = error;
    }
  }
  throw first ? *first : of_no_row(source);
}

void load_named(const Rows& rows, const KekSource& source, const KekTools& tools, Keks& keks) {
  if (source.provider == KekSource::Provider::command) {
    return load_from_command(rows, source, tools, keks);
  }
  Secret key = load_kek(source, "", tools);
  for (const KekRow& kek : rows.keks) {
    if (!fits(rows, kek, key)) continue;
    admit_named(kek.id, std::move(key), keks);
    return;
  }
  throw of_no_row(source);
}

// As the row says.
void load_from_row(const Rows& rows, const KekRow& kek, const KekTools& tools, Keks& keks) {
  if (kek.kind == KekKind::command) {
    keks.missing.emplace(kek.id, not_run(kek));
    return;
  }
  try {
    Secret key = load_kek(source_of(kek), "", tools);
    if (fits(rows, kek, key)) {
      keks.keys.emplace(kek.id, std::move(key));
    } else {
      keks.missing.emplace(kek.id, of_no_row(source_of(kek)));
    }
  } catch (const Error& error) {
    keks.missing.emplace(kek.id, error);
  }
}

Error with_way_out(const Error& error) {
  Error result{error.code(), error.what(),
               (error.hint().empty() ? "" : error.hint() + " ") +
                   "If it is lost: pcx key kek rotate --recovery-key FILE, with the private key "
                   "from the safe."};
  result.at(error.location());
  if (!error.reason().empty()) result.because(error.reason());
  return result;
}

[[noreturn]] void throw_none(const Keks& keks, const Rows& rows) {
  if (keks.missing.empty()) throw tampered("table pcx.kek", "has no key-encryption key");
  const auto& [id, first] = *keks.missing.begin();
  std::string others;
  for (const auto& [other, error] : keks.missing) {
    if (other != id) others += fmt::format("key-encryption key {}: {}\n", other, error.what());
  }
  const bool has_recovery = std::any_of(rows.keks.begin(), rows.keks.end(), [](const KekRow& kek) {
    return kek.kind == KekKind::recovery;
  });
  const bool is_lost = first.code() == ErrorCode::not_found;
  Error error = has_recovery && is_lost ? with_way_out(first) : first;
  if (!others.empty()) error.with_detail(others);
  throw error;
}

}  // namespace

bool fits(const Rows& rows, const KekRow& kek, const Secret& key) {
  if (kek.kind == KekKind::recovery) return false;
  if (is_equal(key_check(key), kek.check)) return true;
  const KeyRow& rows_key = rows_key_of(rows);
  const WrapRow* wrap = find_wrap(rows, rows_key.key.id, kek.id);
  return wrap != nullptr && unwrap(key, rows_key.key, crypto::bytes_of(wrap->wrapped));
}

Keks load_keks(const Rows& rows, const std::vector<KekSource>& named, const KekTools& tools) {
  Keks keks;
  for (const KekSource& source : named) load_named(rows, source, tools, keks);
  for (const KekRow& kek : rows.keks) {
    const bool is_open = kek.kind == KekKind::recovery || keks.keys.contains(kek.id);
    if (!is_open) load_from_row(rows, kek, tools, keks);
  }
  return keks;
}

Opener opener_of(const Keks& keks, const Rows& rows) {
  if (keks.keys.empty()) throw_none(keks, rows);
  for (const auto& [id, key] : keks.keys) {
    const bool may_open = !keks.first_named || *keks.first_named == id;
    if (may_open && find_kek(rows, id) != nullptr) return {id, key.clone()};
  }
  throw Error{ErrorCode::busy, "the key-encryption keys were changed meanwhile",
              "Run the command again."}
      .because("changed_meanwhile");
}

Opener opener_of(const Secret& recovery_pem, const Rows& rows) {
  crypto::RsaPrivateKey key{recovery_pem};
  const std::string public_pem = key.public_key().to_pem();
  for (const KekRow& kek : rows.keks) {
    if (kek.kind == KekKind::recovery && kek.location == public_pem)
      return {kek.id, std::move(key)};
  }
  throw Error{ErrorCode::crypto, "the private key belongs to no recovery key of this keyring",
              "'pcx key status' lists them with the time when they were made. Take the file that "
              "was made then."}
      .because("other_kek");
}

}  // namespace pcx::keyring
