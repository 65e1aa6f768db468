// What is kept of a key: HMAC-SHA-256 of its whole text under a pepper, 32 bytes.
//
// A key is 256 random bits, which nobody finds by trying: a slow function (Argon2) would protect
// nothing, and cost each request milliseconds. The pepper is a key that the database does not hold:
// who writes a digest of his own into a table has made no key by that, and keys of before pcx that
// were chosen by people cannot be guessed offline from a stolen table.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "core/secret.h"
#include "crypto/bytes.h"
#include "crypto/hmac.h"

namespace pcx::apikey {

inline constexpr std::size_t kHashBytes = crypto::kHmacBytes;
using KeyHash = crypto::HmacTag;

// The digests under one pepper. For one thread at a time.
class KeyHasher {
 public:
  // Throws Error{crypto} for a pepper that is not 32 bytes long.
  explicit KeyHasher(const Secret& pepper);

  // `key` is the text as it is presented: of any format, since adopted keys have others. Its length
  // is for the caller to limit (kPresentedBytesMax).
  KeyHash hash(std::string_view key);

  // Whether `key` is the one that `stored` was made of; stored == nullptr: there is none, and
  // nothing matches it. The time depends on the length of `key` alone, not on which of the three it
  // is.
  bool matches(std::string_view key, const KeyHash* stored);

 private:
  crypto::HmacSha256 mac_;
};

// A digest as a table has it; std::nullopt when it is not kHashBytes long.
std::optional<KeyHash> key_hash_of(crypto::Bytes stored) noexcept;

}  // namespace pcx::apikey
