#include "keyring/recovery.h"

#include "core/time.h"
#include "crypto/constant_time.h"
#include "crypto/encoding.h"
#include "keyring/wrapped_key.h"

namespace pcx::keyring {

namespace {

std::string hex_of(const std::string& bytes) { return crypto::to_hex(crypto::bytes_of(bytes)); }

Document wraps_of(const Keyring& keyring, const DataKey& key) {
  const Rows& rows = keyring.rows();
  Document wraps = Document::array();
  for (const KekRow& kek : rows.keks) {
    if (kek.kind != KekKind::recovery) continue;
    const WrapRow* wrap = find_wrap(rows, key.id, kek.id);
    if (wrap == nullptr) continue;
    Document entry = Document::object();
    entry.set("recovery_key", kek.id);
    entry.set("label", hex_of(wrap_label(key)));
    entry.set("wrapped", crypto::to_base64(crypto::bytes_of(wrap->wrapped)));
    wraps.add(std::move(entry));
  }
  return wraps;
}

Document described(const Keyring& keyring, const DataKey& key) {
  Document entry = Document::object();
  entry.set("id", key.id);
  entry.set("purpose", to_string(key.purpose));
  entry.set("format", to_string(key.format));
  entry.set("state", to_string(key.state));
  if (!key.check.empty()) entry.set("check", hex_of(key.check));
  entry.set("wraps", wraps_of(keyring, key));
  return entry;
}

}  // namespace

Document export_recovery(const Keyring& keyring, Time now) {
  Document document = Document::object();
  document.set("pcx_recovery", 1);
  document.set("exported_at", to_rfc3339(now));
  document.set("generation", keyring.generation());
  Document recovery_keys = Document::array();
  for (const KekRow& kek : keyring.rows().keks) {
    if (kek.kind != KekKind::recovery) continue;
    Document entry = Document::object();
    entry.set("id", kek.id);
    entry.set("public_key", kek.location);
    recovery_keys.add(std::move(entry));
  }
  document.set("recovery_keys", std::move(recovery_keys));
  Document keys = Document::array();
  for (const KeyRow& row : keyring.rows().keys) {
    if (row.key.state != KeyState::destroyed) keys.add(described(keyring, row.key));
  }
  document.set("keys", std::move(keys));
  return document;
}

RecoveryTest test_recovery(const Keyring& keyring, const Secret& private_pem) {
  const Rows& rows = keyring.rows();
  const Opener safe = opener_of(private_pem, rows);
  RecoveryTest test{.kek = safe.kek()};
  for (const KeyRow& row : rows.keys) {
    if (row.key.state == KeyState::destroyed) continue;
    const WrapRow* wrap = find_wrap(rows, row.key.id, safe.kek());
    const auto recovered =
        wrap == nullptr ? std::nullopt : safe.open(row.key, crypto::bytes_of(wrap->wrapped));
    if (wrap == nullptr) {
      test.missing.push_back(row.key.id);
    } else if (!recovered) {
      test.unopened.push_back(row.key.id);
    } else if (crypto::equal_in_constant_time(recovered->reveal_bytes(),
                                              keyring.unwrap(row.key).reveal_bytes())) {
      ++test.opened;
    } else {
      test.other.push_back(row.key.id);
    }
  }
  return test;
}

}  // namespace pcx::keyring
