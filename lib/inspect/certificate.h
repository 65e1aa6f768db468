// What `pcx key verify` found, signed: a JSON object that others check with the public key alone.
//
//   {"pcx_certificate": 1, "pcx": version,
//    "database": {"system_identifier", "name"}, "started_at", "ended_at",
//    "scope": "full" or "sample", "sample_rows": of each table, or null, "rows": read,
//    "keyring_generation", "keys": [{"id", "format", "state", "values"}],
//    "registry": {"origin", "fields": [{"field", "name", "bind", "copy": null or
//                 {"row_column", "match_column", "match_value"}}]},
//    "fields": [{"table", "field", "values", then the number of each fields::Kind}],
//    "findings": [{"table", "field", "row_key": [..], "kind", "refusal", "key"}],
//    "findings_left_out", "not_verified": [{"place", "why"}], "verdict": inspect::Verdict,
//    "signature": {"algorithm": "ed25519", "key": id, "public_key": base64, "value": base64}}
//
// "not_verified" has every field of the registry that was not looked at, also those of the built-in
// profile whose table the database does not have: these alone do not make the verdict "incomplete".
//
// Signed are the bytes of "pcx-certificate-1\0", then the object without "value" as JSON in one
// line without blanks, its members in the order in which they are written. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/document.h"
#include "crypto/ed25519.h"
#include "db/database.h"
#include "fields/registry.h"
#include "inspect/verification.h"
#include "keyring/keyring.h"

namespace pcx::inspect {

inline constexpr int kCertificateVersion = 1;

struct DatabaseIdentity {
  std::string system_identifier;  // of the cluster; replicas share it
  std::string name;
};
DatabaseIdentity read_identity(db::Database& database);

struct Circumstances {
  std::string pcx_version;
  DatabaseIdentity database;
  const fields::Registry& registry;
  const keyring::Keyring& keyring;
};

// Signed by the active key of purpose signing.
// Throws Error{not_found} with reason "no_active_key" when there is none.
Document make_certificate(const Verification& verification, const Circumstances& circumstances);

// The parts of a certificate that are needed to check it.
struct CertificateSignature {
  KeyId key = 0;
  crypto::Ed25519PublicKey public_key{};  // that it names; trusted in nothing
  std::string value;                      // bytes
};
// Throws Error{data} for what is no certificate of a version that pcx knows.
CertificateSignature read_signature(const Document& certificate);

// Whether the key with this public half has signed it, as it is.
[[nodiscard]] bool is_signed_by(const Document& certificate,
                                const crypto::Ed25519PublicKey& public_key);

// Of a key of the keyring. Throws Error{not_found} for one that is not there or signs nothing, and
// Error{conflict} with reason "key_state" for one that may not be used any more.
crypto::Ed25519PublicKey public_key_of(const keyring::Keyring& keyring, KeyId id);
// Base64 of 32 bytes. Throws Error{usage}.
crypto::Ed25519PublicKey parse_public_key(const std::string& text);

}  // namespace pcx::inspect
