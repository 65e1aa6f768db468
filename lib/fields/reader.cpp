#include "fields/reader.h"

#include <utility>

#include "crypto/aead.h"
#include "crypto/enc_v1.h"
#include "crypto/guide_envelope.h"
#include "crypto/sealed_shape.h"

namespace pcx::fields {

using crypto::EncV1;
using crypto::EncV2;
using crypto::GuideEnvelope;
using crypto::Opened;
using crypto::Refusal;
using crypto::Verdict;
using keyring::Format;

namespace {

// What all formats of the application begin with. Behind it comes a version.
constexpr std::string_view kFamily = "enc:v";

// A key that nothing was sealed with: with it only the shape of a value is looked at.
Secret no_key() { return Secret::with_size(crypto::kAeadKeyBytes); }

// Making a cipher costs microseconds: most texts need none.
bool may_be_object(std::string_view value) {
  const std::size_t begin = value.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && value[begin] == '{';
}

// The refusal of a malformed value, whatever its format; std::nullopt for what claims none.
std::optional<Refusal> shape_of(std::string_view value) {
  if (EncV2::claims(value)) {
    return EncV2{no_key(), 1, {"shape", "shape"}}.open(kAnyRow, value).refusal;
  }
  if (value.starts_with(crypto::kEncV1Prefix)) {
    return EncV1{EncV1::FromKey{no_key()}}.open(value).refusal;
  }
  if (value.starts_with(kFamily)) return Refusal::unknown_format;
  if (!may_be_object(value)) return std::nullopt;
  GuideEnvelope json{GuideEnvelope::FromKey{no_key()}};
  if (!json.claims(value)) return std::nullopt;
  return json.open(value).refusal;
}

Reading reading_of(Opened&& opened, Format format, KeyId key) {
  Reading reading{.refusal = opened.refusal, .format = format, .key = key};
  switch (opened.verdict) {
    case Verdict::not_encrypted: reading.kind = Kind::plaintext; break;
    case Verdict::malformed: reading.kind = Kind::malformed; break;
    case Verdict::not_authentic: reading.kind = Kind::not_authentic; break;
    case Verdict::ambiguous: reading.kind = Kind::ambiguous; break;
    case Verdict::authentic:
      const bool twice = crypto::holds_sealed_value(opened.plaintext.reveal_text());
      reading.kind = twice ? Kind::double_encrypted : Kind::authentic;
      if (!twice) reading.plaintext = std::move(opened.plaintext);
      break;
  }
  return reading;
}

// Nothing opens it: no key of its format, or not the one that it names, is at hand.
Reading without_key(std::string_view value, Format format, KeyId named) {
  const Refusal refusal = shape_of(value).value_or(Refusal::none);
  const Kind kind = refusal == Refusal::none ? Kind::unknown_key : Kind::malformed;
  return {.kind = kind, .refusal = refusal, .format = format, .key = named};
}

}  // namespace

const char* to_string(Kind kind) noexcept {
  switch (kind) {
    case Kind::empty: return "empty";
    case Kind::authentic: return "authentic";
    case Kind::plaintext: return "plaintext";
    case Kind::malformed: return "malformed";
    case Kind::unknown_key: return "unknown_key";
    case Kind::not_authentic: return "not_authentic";
    case Kind::ambiguous: return "ambiguous";
    case Kind::double_encrypted: return "double_encrypted";
    case Kind::unbound: return "unbound";
  }
  return "unknown";
}

const char* explain(Kind kind) noexcept {
  switch (kind) {
    case Kind::empty: return "nothing is sealed";
    case Kind::authentic: return "it opens";
    case Kind::plaintext: return "it is not encrypted";
    case Kind::malformed: return "it breaks its format";
    case Kind::unknown_key: return "its key is not in the keyring, or may not open any more";
    case Kind::not_authentic: return "no key opens it: it was changed, or belongs elsewhere";
    case Kind::ambiguous: return "several keys open it: somebody forged it";
    case Kind::double_encrypted: return "an encrypted value is inside of it";
    case Kind::unbound: return "it does not say which row it belongs to";
  }
  return "unknown";
}

Reader::Reader(const crypto::Column& name, std::span<const FieldKey> keys) {
  for (const FieldKey& key : keys) {
    switch (key.format) {
      case Format::v2: v2_.try_emplace(key.id, *key.key, key.id, name); break;
      case Format::v1:
        add_legacy(v1_, key.id, std::make_unique<EncV1>(EncV1::FromKey{key.key->clone()}));
        break;
      case Format::json:
        add_legacy(json_, key.id,
                   std::make_unique<GuideEnvelope>(GuideEnvelope::FromKey{key.key->clone()}));
        break;
    }
  }
}

void Reader::add_legacy(Legacy& legacy, KeyId id, std::unique_ptr<crypto::FieldCipher> cipher) {
  legacy.ids.push_back(id);
  legacy.tried.push_back(cipher.get());
  legacy.ciphers.push_back(std::move(cipher));
}

Reading Reader::read(std::string_view row, std::string_view value) {
  if (value.empty()) return {};
  if (EncV2::claims(value)) return open_v2(row, value);
  if (value.starts_with(crypto::kEncV1Prefix)) return open_legacy(v1_, value);
  if (value.starts_with(kFamily)) {
    return {.kind = Kind::malformed, .refusal = Refusal::unknown_format};
  }
  if (!shape_of(value)) {
    return {.kind = crypto::holds_sealed_value(value) ? Kind::double_encrypted : Kind::plaintext};
  }
  return open_legacy(json_, value);
}

Reading Reader::open_v2(std::string_view row, std::string_view value) {
  const KeyId named = EncV2::key_id_of(value).value_or(0);
  const auto found = v2_.find(named);
  if (found == v2_.end()) return without_key(value, Format::v2, named);
  return reading_of(found->second.open(row, value), Format::v2, named);
}

Reading Reader::open_legacy(const Legacy& legacy, std::string_view value) {
  if (legacy.tried.empty()) return without_key(value, legacy.format, 0);
  crypto::Trial trial = crypto::open_with_each(legacy.tried, value);
  const bool opens = trial.opened.verdict == Verdict::authentic;
  return reading_of(std::move(trial.opened), legacy.format,
                    opens ? legacy.ids[trial.key_index] : 0);
}

}  // namespace pcx::fields
