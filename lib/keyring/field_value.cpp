#include "keyring/field_value.h"

#include <memory>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "crypto/enc_v1.h"
#include "crypto/enc_v2.h"
#include "crypto/guide_envelope.h"
#include "crypto/sealed_shape.h"
#include "keyring/wrapped_key.h"

namespace pcx::keyring {

namespace {

using crypto::Opened;
using crypto::Verdict;

std::string place_of(const Cell& cell) {
  return fmt::format("{}.{} of row {}", escape_controls(cell.column.table),
                     escape_controls(cell.column.column), escape_controls(cell.row));
}

// A cipher of a format that names no key.
std::unique_ptr<crypto::FieldCipher> cipher_of(Format format, Secret key) {
  if (format == Format::v1) {
    return std::make_unique<crypto::EncV1>(crypto::EncV1::FromKey{std::move(key)});
  }
  return std::make_unique<crypto::GuideEnvelope>(crypto::GuideEnvelope::FromKey{std::move(key)});
}

[[noreturn]] void throw_malformed(crypto::Refusal refusal, const Cell& cell) {
  throw Error{
      ErrorCode::data, fmt::format("the value is malformed: {}", crypto::explain(refusal)),
      fmt::format("No key was tried. Look at what {} holds, and at who wrote it.", place_of(cell))}
      .because(crypto::to_string(refusal));
}

[[noreturn]] void throw_not_authentic(const Cell& cell, const std::string& with, bool knows_place) {
  throw Error{ErrorCode::crypto,
              fmt::format("the value does not open as {} with {}", place_of(cell), with),
              knows_place ? "It was sealed for another row, column or table, or it is damaged."
                          : "It was sealed under another key, or it is damaged."}
      .because("not_authentic");
}

const DataKey& require_known(const Keyring& keyring, KeyId id) {
  if (const DataKey* key = keyring.find(id); key != nullptr && key->purpose == Purpose::field) {
    return *key;
  }
  throw Error{ErrorCode::not_found,
              fmt::format("the value names key {}, which this keyring does not have", id),
              "It comes from another database, or from a keyring that was put back from a backup."}
      .because("unknown_key");
}

OpenedValue open_v2(const Keyring& keyring, const Cell& cell, std::string_view value) {
  const auto id = crypto::EncV2::key_id_of(value);
  if (!id) throw_malformed(crypto::Refusal::key_id, cell);
  const DataKey& key = require_known(keyring, *id);
  crypto::EncV2 cipher{keyring.open(*id), *id, cell.column};
  Opened opened = cipher.open(cell.row, value);
  if (opened.verdict == Verdict::malformed) throw_malformed(opened.refusal, cell);
  if (opened.verdict == Verdict::authentic) return {std::move(opened.plaintext), key};
  throw_not_authentic(cell, fmt::format("key {}", *id), true);
}

// The formats without a key id: every key of the format is tried.
OpenedValue open_by_trial(const Keyring& keyring, Format format, const Cell& cell,
                          std::string_view value) {
  std::vector<const DataKey*> keys;
  std::vector<std::unique_ptr<crypto::FieldCipher>> ciphers;
  std::vector<crypto::FieldCipher*> each;
  for (const DataKey* key : keyring.openable(Purpose::field)) {
    if (key->format != format) continue;
    keys.push_back(key);
    ciphers.push_back(cipher_of(format, keyring.open(key->id)));
    each.push_back(ciphers.back().get());
  }
  if (keys.empty()) {
    throw Error{ErrorCode::not_found,
                fmt::format("the keyring has no key for values of format {}", to_string(format)),
                fmt::format("Import it: pcx key import --as {}", to_string(format))}
        .because("no_key");
  }
  crypto::Trial trial = open_with_each(each, value);
  Opened& opened = trial.opened;
  if (opened.verdict == Verdict::malformed) throw_malformed(opened.refusal, cell);
  if (opened.verdict == Verdict::authentic) {
    return {std::move(opened.plaintext), *keys[trial.key_index]};
  }
  if (opened.verdict == Verdict::ambiguous) {
    throw Error{ErrorCode::crypto,
                fmt::format("the value opens with several keys of format {}", to_string(format)),
                "Somebody forged it: trust none of its plaintexts, and see who wrote it."}
        .because("ambiguous");
  }
  throw_not_authentic(
      cell, counted(static_cast<long long>(keys.size()), fmt::format("{} key", to_string(format))),
      false);
}

// Whether some text is an encrypted value, whatever is behind the prefix.
std::optional<Format> claimed_format(std::string_view value) {
  static const auto guide = cipher_of(Format::json, Secret{std::string(kDataKeyBytes, 0)});
  if (crypto::EncV2::claims(value)) return Format::v2;
  if (value.starts_with(crypto::kEncV1Prefix)) return Format::v1;
  if (guide->claims(value)) return Format::json;
  return std::nullopt;
}

}  // namespace

crypto::Column parse_column(std::string_view text) {
  const auto dot = text.find('.');
  const bool is_pair = dot != std::string_view::npos && dot > 0 && dot + 1 < text.size() &&
                       text.find('.', dot + 1) == std::string_view::npos;
  if (is_pair) return {std::string{text.substr(0, dot)}, std::string{text.substr(dot + 1)}};
  throw Error{ErrorCode::usage, fmt::format("'{}' is no column", escape_controls(text)),
              "Write TABLE.COLUMN, as in clients.phone."};
}

OpenedValue open_value(const Keyring& keyring, const Cell& cell, std::string_view value) {
  const auto format = claimed_format(value);
  if (!format) {
    throw Error{ErrorCode::data, "the value is not encrypted",
                "It begins as none of enc:v1:, enc:v2: and the guide's JSON object does."}
        .because("not_encrypted");
  }
  OpenedValue opened = *format == Format::v2 ? open_v2(keyring, cell, value)
                                             : open_by_trial(keyring, *format, cell, value);
  opened.is_sealed_twice = crypto::holds_sealed_value(opened.plaintext.reveal_text());
  return opened;
}

const DataKey& sealing_key(const Keyring& keyring, std::optional<KeyId> id) {
  const DataKey* key = id ? &keyring.require(*id) : keyring.active(Purpose::field);
  if (key == nullptr) {
    throw Error{ErrorCode::not_found, "no field key is active",
                "Make one with 'pcx key create', then activate it: pcx help key activate"}
        .because("no_active_key");
  }
  if (may_seal(*key) && key->purpose == Purpose::field) return *key;
  throw Error{ErrorCode::conflict,
              fmt::format("key {} ({}) is {}, it does not seal values", key->id,
                          to_string(key->purpose), to_string(key->state)),
              "Only the active field key does."}
      .because("key_state");
}

std::string seal_value(const Keyring& keyring, const DataKey& key, const Cell& cell,
                       std::string_view plaintext, Random& random) {
  if (key.format != Format::v2) {
    return cipher_of(key.format, keyring.open(key.id))->seal(plaintext, random);
  }
  return crypto::EncV2{keyring.open(key.id), key.id, cell.column}.seal(cell.row, plaintext, random);
}

}  // namespace pcx::keyring
