#include "crypto/enc_v1.h"

#include <array>

#include "core/error.h"
#include "crypto/digest.h"
#include "crypto/envelope.h"

namespace pcx::crypto {

namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr Encoding kEncoding{base64_bytes, read_base64, kNonceBytes};

constexpr std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

struct Split {
  EncodedParts parts;
  Refusal refusal = Refusal::none;
};

Split split_parts(std::string_view value) {
  constexpr auto kEnd = std::string_view::npos;
  value.remove_prefix(kEncV1Prefix.size());
  const std::size_t first = value.find(':');
  const std::size_t second = first == kEnd ? kEnd : value.find(':', first + 1);
  if (second == kEnd) return {.refusal = Refusal::missing_part};
  const std::string_view data = value.substr(second + 1);
  if (data.find(':') != kEnd) return {.refusal = Refusal::extra_part};
  return {{value.substr(0, first), value.substr(first + 1, second - first - 1), data}};
}

}  // namespace

Secret EncV1::derive_key(const Secret& passphrase) {
  if (passphrase.empty()) {
    throw Error{ErrorCode::crypto, "the field encryption key is empty",
                "Give the value of the application's FIELD_ENCRYPTION_KEY."};
  }
  Secret key = Secret::with_size(kAeadKeyBytes);
  sha256(passphrase.reveal_bytes(), key.writable_bytes().first<kSha256Bytes>());
  return key;
}

std::string EncV1::seal(std::string_view plaintext, Random& random) {
  const auto [nonce, tag, data] = seal_parts<kNonceBytes>(cipher_, plaintext, random);
  std::string value;
  value.reserve(kEncV1Prefix.size() + base64_size(nonce.size()) + base64_size(tag.size()) +
                base64_size(data.size()) + 2);
  value += kEncV1Prefix;
  append_base64(value, nonce);
  value += ':';
  append_base64(value, tag);
  value += ':';
  append_base64(value, bytes_of(data));
  return value;
}

Opened EncV1::open(std::string_view value) {
  if (!claims(value)) return {};
  const Split split = split_parts(value);
  if (split.refusal != Refusal::none) {
    return {.verdict = Verdict::malformed, .refusal = split.refusal};
  }
  return open_parts(cipher_, kEncoding, split.parts);
}

}  // namespace pcx::crypto
