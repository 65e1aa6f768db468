#include "keyring/make_keys.h"

#include <fmt/format.h>

#include "core/error.h"
#include "crypto/constant_time.h"
#include "crypto/enc_v1.h"
#include "crypto/guide_envelope.h"
#include "keyring/store.h"
#include "keyring/wrapped_key.h"

namespace pcx::keyring {

namespace {

db::Deed deed_of(const char* action, const DataKey& key) {
  Document details = Document::object();
  details.set("purpose", to_string(key.purpose));
  details.set("format", to_string(key.format));
  details.set("state", to_string(key.state));
  return {action, std::to_string(key.id), std::move(details)};
}

void require_new(const Keyring& keyring, const Secret& secret) {
  for (const KeyRow& row : keyring.rows().keys) {
    if (row.key.state == KeyState::destroyed) continue;
    const Secret known = keyring.unwrap(row.key);
    if (!crypto::equal_in_constant_time(known.reveal_bytes(), secret.reveal_bytes())) continue;
    throw Error{ErrorCode::conflict,
                fmt::format("this key is in the keyring already, as key {} ({}, {})", row.key.id,
                            to_string(row.key.format), to_string(row.key.state)),
                "Nothing has to be imported."}
        .because("key_exists");
  }
}

[[noreturn]] void throw_missing(const Keks& keks, const KekRow& kek) {
  const auto why = keks.missing.find(kek.id);
  if (why == keks.missing.end()) {
    throw Error{ErrorCode::busy, "the key-encryption keys were changed meanwhile",
                "Run the command again."}
        .because("changed_meanwhile");
  }
  std::string detail = fmt::format(
      "Every new key is wrapped under each key-encryption key, and {} could not be had.", kek.id);
  if (!why->second.detail().empty()) detail += "\n" + why->second.detail();
  Error error{why->second.code(), why->second.what(), why->second.hint()};
  throw error.because(why->second.reason()).with_detail(detail);
}

}  // namespace

std::string wrap_under(const KekRow& kek, const Keks& keks, const DataKey& key,
                       const Secret& secret) {
  if (kek.kind == KekKind::recovery) {
    return wrap_for_recovery(crypto::RsaPublicKey::from_pem(kek.location), key, secret);
  }
  const auto found = keks.keys.find(kek.id);
  if (found == keks.keys.end()) throw_missing(keks, kek);
  return wrap(found->second, key, secret);
}

void add_key(Rows& rows, const Keks& keks, const DataKey& key, const Secret& secret) {
  if (rows.keks.size() < kWrapsMin) {
    throw Error{ErrorCode::conflict,
                fmt::format("a key is wrapped under {} keys at least, and the keyring has {}",
                            kWrapsMin, rows.keks.size()),
                "Add another key-encryption key or a recovery key first: pcx help key kek add"}
        .because("too_few_keks");
  }
  for (const KekRow& kek : rows.keks) {
    rows.wraps.push_back({key.id, kek.id, wrap_under(kek, keks, key, secret)});
  }
  rows.keys.push_back({.key = key});
}

DataKey create_key(const ChangeTools& tools, Purpose purpose) {
  DataKey key{.purpose = purpose};
  change_keyring(tools, [&](Draft& draft) {
    const Secret secret = make_data_key(tools.random);
    key.id = next_key_id(draft.tx);
    key.created_at = draft.time;
    key.check = key_check(secret);
    add_key(draft.rows, tools.keks, key, secret);
    return deed_of("key.create", key);
  });
  return key;
}

DataKey import_key(const ChangeTools& tools, Format format, const Secret& text, KeyState state) {
  const Secret secret = format == Format::v1 ? crypto::EncV1::derive_key(text)
                                             : crypto::GuideEnvelope::read_key(text);
  DataKey key{.format = format, .state = state};
  change_keyring(tools, [&](Draft& draft) {
    require_new(draft.now, secret);
    key.id = next_key_id(draft.tx);
    key.created_at = draft.time;
    add_key(draft.rows, tools.keks, key, secret);
    return deed_of("key.import", key);
  });
  return key;
}

}  // namespace pcx::keyring
