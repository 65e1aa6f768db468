#include "inspect/certificate.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "crypto/encoding.h"
#include "inspect/sql.h"

namespace pcx::inspect {

using keyring::DataKey;
using keyring::Purpose;

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kLabel = "pcx-certificate-1\0"sv;
constexpr const char* kSignature = "signature";
constexpr const char* kValue = "value";

// A document as it is after it was written and read: what is signed is what others will read.
Document as_read(const Document& document) {
  return parse_json(to_json(document), "the certificate");
}

Document copy_of(const fields::Field& field) {
  if (!field.copy) return {};
  Document copy = Document::object();
  copy.set("row_column", field.copy->row_column);
  const bool matches = !field.copy->match_column.empty();
  copy.set("match_column", matches ? Document{field.copy->match_column} : Document{});
  copy.set("match_value", matches ? Document{field.copy->match_value} : Document{});
  return copy;
}

Document registry_of(const fields::Registry& registry) {
  Document fields = Document::array();
  for (const fields::Field& field : registry.fields) {
    Document entry = Document::object();
    entry.set("field", to_string(field));
    entry.set("name", field.name.table + "." + field.name.column);
    entry.set("bind", to_string(field.bind));
    entry.set("copy", copy_of(field));
    fields.add(std::move(entry));
  }
  Document document = Document::object();
  document.set("origin", to_string(registry.origin));
  document.set("fields", std::move(fields));
  return document;
}

// Of every field key that the keyring has, also those that opened nothing.
Document keys_of(const Verification& verification, const keyring::Keyring& keyring) {
  const auto counts = verification.keys();
  Document keys = Document::array();
  for (const auto& row : keyring.rows().keys) {
    if (row.key.purpose != Purpose::field) continue;
    const auto found = counts.find({row.key.id, row.key.format});
    Document entry = Document::object();
    entry.set("id", std::int64_t{row.key.id});
    entry.set("format", to_string(row.key.format));
    entry.set("state", to_string(row.key.state));
    entry.set("values", found == counts.end() ? std::int64_t{0} : found->second);
    keys.add(std::move(entry));
  }
  return keys;
}

Document fields_of(const Verification& verification) {
  Document fields = Document::array();
  for (const FieldTally& field : verification.fields) {
    Document entry = Document::object();
    entry.set("table", field.heap);
    entry.set("field", field.field);
    entry.set("values", field.values());
    for (const fields::Kind kind : fields::kKinds) {
      entry.set(fields::to_string(kind), field.count(kind));
    }
    fields.add(std::move(entry));
  }
  return fields;
}

Document findings_of(const Verification& verification) {
  Document findings = Document::array();
  for (const BadValue& bad : verification.findings) {
    Document key = Document::array();
    for (const std::string& part : bad.row_key) key.add(part);
    Document entry = Document::object();
    entry.set("table", bad.heap);
    entry.set("field", bad.field);
    entry.set("row_key", std::move(key));
    entry.set("kind", fields::to_string(bad.kind));
    const bool refused = bad.refusal != crypto::Refusal::none;
    entry.set("refusal", refused ? Document{crypto::to_string(bad.refusal)} : Document{});
    entry.set("key", bad.key == 0 ? Document{} : Document{std::int64_t{bad.key}});
    findings.add(std::move(entry));
  }
  return findings;
}

Document body_of(const Verification& verification, const Circumstances& circumstances) {
  Document identity = Document::object();
  identity.set("system_identifier", circumstances.database.system_identifier);
  identity.set("name", circumstances.database.name);
  Document not_verified = Document::array();
  for (const NotVerified& skipped : verification.not_verified) {
    Document entry = Document::object();
    entry.set("place", skipped.place);
    entry.set("why", skipped.why);
    not_verified.add(std::move(entry));
  }
  const auto& sample = verification.sample_rows;
  Document body = Document::object();
  body.set("pcx_certificate", kCertificateVersion);
  body.set("pcx", circumstances.pcx_version);
  body.set("database", std::move(identity));
  body.set("started_at", to_rfc3339(verification.started_at));
  body.set("ended_at", to_rfc3339(verification.ended_at));
  body.set("scope", sample ? "sample" : "full");
  body.set("sample_rows", sample ? Document{*sample} : Document{});
  body.set("rows", verification.rows);
  body.set("keyring_generation", circumstances.keyring.generation());
  body.set("keys", keys_of(verification, circumstances.keyring));
  body.set("registry", registry_of(circumstances.registry));
  body.set("fields", fields_of(verification));
  body.set("findings", findings_of(verification));
  body.set("findings_left_out", verification.findings_left_out);
  body.set("not_verified", std::move(not_verified));
  body.set("verdict", to_string(verification.verdict()));
  return body;
}

Document without_member(const Document& object, std::string_view name) {
  Document rest = Document::object();
  for (const auto& [key, value] : object.members()) {
    if (key != name) rest.set(key, value);
  }
  return rest;
}

// The bytes that are signed.
std::string signed_text(const Document& certificate) {
  Document bare = Document::object();
  for (const auto& [key, value] : certificate.members()) {
    bare.set(key, key == kSignature ? without_member(value, kValue) : value);
  }
  return std::string{kLabel} + to_json(bare);
}

Error no_certificate(const std::string& what) {
  return {ErrorCode::data, "this is no certificate of pcx: " + what,
          "Give the file that 'pcx key verify --out FILE' wrote, as it was written."};
}

const std::string& text_in(const Document& object, std::string_view key) {
  const Document* const member = object.find(key);
  const std::string* const text = member == nullptr ? nullptr : member->text();
  if (text == nullptr) throw no_certificate(fmt::format("\"{}\" is no text", key));
  return *text;
}

std::optional<crypto::Ed25519PublicKey> public_key_in(const std::string& text) {
  const auto bytes = crypto::from_base64(text);
  if (!bytes || bytes->size() != crypto::kEd25519KeyBytes) return std::nullopt;
  crypto::Ed25519PublicKey key{};
  std::ranges::copy(std::as_bytes(std::span{*bytes}), key.begin());
  return key;
}

std::int64_t number_in(const Document& object, std::string_view key) {
  const Document* const member = object.find(key);
  const auto* const number = member != nullptr && member->is_scalar()
                                 ? std::get_if<std::int64_t>(&member->scalar())
                                 : nullptr;
  return number == nullptr ? 0 : *number;
}

}  // namespace

DatabaseIdentity read_identity(db::Database& database) {
  const db::Result rows = database.query(sql::database_identity);
  const db::Row row = rows.one();
  return {row["system_identifier"].as<std::string>(), row["name"].as<std::string>()};
}

Document make_certificate(const Verification& verification, const Circumstances& circumstances) {
  const DataKey* const key = circumstances.keyring.active(Purpose::signing);
  if (key == nullptr) {
    throw Error{ErrorCode::not_found, "no signing key is active",
                "Run 'pcx key create --purpose signing', then 'pcx key activate ID'."}
        .because("no_active_key");
  }
  const crypto::Ed25519Signer signer{circumstances.keyring.open(key->id)};
  Document signature = Document::object();
  signature.set("algorithm", "ed25519");
  signature.set("key", std::int64_t{key->id});
  signature.set("public_key", crypto::to_base64(signer.public_key()));
  Document body = body_of(verification, circumstances);
  Document unsigned_one = body;
  unsigned_one.set(kSignature, signature);
  const std::string text = signed_text(as_read(unsigned_one));
  signature.set(kValue, crypto::to_base64(signer.sign(crypto::bytes_of(text))));
  body.set(kSignature, std::move(signature));
  return body;
}

CertificateSignature read_signature(const Document& certificate) {
  if (!certificate.is_object()) throw no_certificate("it is no object");
  if (number_in(certificate, "pcx_certificate") != kCertificateVersion) {
    throw no_certificate("it has no version that this pcx knows");
  }
  const Document* const signature = certificate.find(kSignature);
  if (signature == nullptr || !signature->is_object()) throw no_certificate("it has no signature");
  const auto public_key = public_key_in(text_in(*signature, "public_key"));
  const auto value = crypto::from_base64(text_in(*signature, kValue));
  if (!public_key || !value || text_in(*signature, "algorithm") != "ed25519") {
    throw no_certificate("its signature is malformed");
  }
  return {static_cast<KeyId>(number_in(*signature, "key")), *public_key, *value};
}

bool is_signed_by(const Document& certificate, const crypto::Ed25519PublicKey& public_key) {
  const CertificateSignature signature = read_signature(certificate);
  return signature.public_key == public_key &&
         crypto::verify_ed25519(public_key, crypto::bytes_of(signed_text(certificate)),
                                crypto::bytes_of(signature.value));
}

crypto::Ed25519PublicKey public_key_of(const keyring::Keyring& keyring, KeyId id) {
  const DataKey& key = keyring.require(id);
  if (key.purpose != Purpose::signing) {
    throw Error{ErrorCode::not_found, fmt::format("key {} is no signing key", id),
                "The certificate names another key than it should: do not trust it."};
  }
  return crypto::Ed25519Signer{keyring.open(id)}.public_key();
}

crypto::Ed25519PublicKey parse_public_key(const std::string& text) {
  if (const auto key = public_key_in(text)) return *key;
  throw Error{ErrorCode::usage,
              fmt::format("--public-key: '{}' is no Ed25519 public key", escape_controls(text)),
              "Give its 32 bytes as base64, as the signer has told them."};
}

}  // namespace pcx::inspect
