#include "keyring/wrapped_key.h"

#include <fmt/format.h>

#include "core/error.h"
#include "crypto/hkdf.h"
#include "crypto/hmac.h"
#include "crypto/key_wrap.h"
#include "crypto/parts.h"
#include "crypto/random_bytes.h"

namespace pcx::keyring {

namespace {

using namespace std::string_view_literals;
using crypto::bytes_of;
using crypto::KeyWrap;

Secret wrapping_key(const Secret& kek, const DataKey& record) {
  if (kek.size() != crypto::kKeyWrapKeyBytes) {
    throw Error{ErrorCode::crypto, fmt::format("a key-encryption key has {} bytes, not {}",
                                               crypto::kKeyWrapKeyBytes, kek.size())};
  }
  return crypto::hkdf_sha256(kek, {}, wrap_label(record), crypto::kKeyWrapKeyBytes);
}

}  // namespace

std::string wrap_label(const DataKey& record) {
  std::string label{"pcx-dek-1\0"sv};
  crypto::append_part(label, std::to_string(record.id));
  crypto::append_part(label, to_string(record.purpose));
  crypto::append_part(label, to_string(record.format));
  return label;
}

Secret make_data_key(Random& random) { return crypto::random_secret(random, kDataKeyBytes); }

std::string wrap(const Secret& kek, const DataKey& record, const Secret& key) {
  return crypto::wrap_key(KeyWrap::padded, wrapping_key(kek, record), key);
}

std::optional<Secret> unwrap(const Secret& kek, const DataKey& record, crypto::Bytes wrapped) {
  return crypto::unwrap_key(KeyWrap::padded, wrapping_key(kek, record), wrapped);
}

std::string wrap_for_recovery(const crypto::RsaPublicKey& recovery, const DataKey& record,
                              const Secret& key) {
  return recovery.seal(key, bytes_of(wrap_label(record)));
}

std::optional<Secret> recover(const crypto::RsaPrivateKey& recovery, const DataKey& record,
                              crypto::Bytes wrapped) {
  return recovery.open(wrapped, bytes_of(wrap_label(record)));
}

std::string key_check(const Secret& key) {
  const crypto::HmacTag tag = crypto::hmac_sha256(key, "pcx-kcv-1");
  return std::string{crypto::text_of(crypto::Bytes{tag}.first(kKeyCheckBytes))};
}

}  // namespace pcx::keyring
