#include "rotate/resealer.h"

#include <variant>

#include <fmt/format.h>

#include "core/error.h"
#include "crypto/enc_v1.h"
#include "crypto/random_bytes.h"

namespace pcx::rotate {

using fields::Kind;
using fields::Reading;
using keyring::Format;

class Resealer::Sealer {
 public:
  Sealer(const crypto::Column& name, const fields::FieldKey& key, Random& random)
      : nonces_(random), cipher_(cipher_of(name, key)) {}

  std::string seal(std::string_view row, std::string_view plaintext) {
    if (auto* v2 = std::get_if<crypto::EncV2>(&cipher_)) return v2->seal(row, plaintext, nonces_);
    return std::get<crypto::EncV1>(cipher_).seal(plaintext, nonces_);
  }

  std::string prefix() const {
    const auto* v2 = std::get_if<crypto::EncV2>(&cipher_);
    return v2 != nullptr ? v2->prefix() : "";
  }

 private:
  using Cipher = std::variant<crypto::EncV2, crypto::EncV1>;

  static Cipher cipher_of(const crypto::Column& name, const fields::FieldKey& key) {
    if (key.format == Format::v2) return crypto::EncV2{*key.key, key.id, name};
    if (key.format == Format::v1) return crypto::EncV1{crypto::EncV1::FromKey{key.key->clone()}};
    throw Error{ErrorCode::crypto,
                fmt::format("key {} seals nothing: the guide's format is read only", key.id)};
  }

  crypto::PooledRandom nonces_;
  Cipher cipher_;
};

Resealer::Resealer(const crypto::Column& name, const ResealKeys& keys, Plaintext plaintext,
                   Random& random)
    : reader_(name, keys.openers),
      checker_(name, {&keys.target, 1}),
      sealer_(std::make_unique<Sealer>(name, keys.target, random)),
      target_(keys.target.id),
      target_prefix_(sealer_->prefix()),
      plaintext_(plaintext) {}

Resealer::Resealer(Resealer&&) noexcept = default;
Resealer::~Resealer() = default;

std::string Resealer::seal(std::string_view row, const Secret& plaintext) {
  std::string sealed = sealer_->seal(row, plaintext.reveal_text());
  const Reading again = checker_.read(row, sealed);
  const bool opens =
      again.kind == Kind::authentic && again.plaintext.reveal_text() == plaintext.reveal_text();
  if (opens) return sealed;
  throw Error{ErrorCode::crypto,
              fmt::format("a value sealed with key {} did not open again", target_),
              "Nothing was written. The memory or the processor of this machine may be faulty."};
}

Resealed Resealer::reseal(std::string_view row, std::string_view value) {
  Reading reading = reader_.read(row, value);
  Resealed result{.kind = reading.kind, .refusal = reading.refusal, .key = reading.key};
  if (reading.kind == Kind::authentic && reading.key != target_) {
    result.sealed = seal(row, reading.plaintext);
  } else if (reading.kind == Kind::plaintext && plaintext_ == Plaintext::seal) {
    result.sealed = seal(row, Secret{value});
  }
  return result;
}

}  // namespace pcx::rotate
