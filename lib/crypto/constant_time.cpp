#include "crypto/constant_time.h"

#include <openssl/crypto.h>

namespace pcx::crypto {

bool equal_in_constant_time(Bytes one, Bytes other) noexcept {
  if (one.size() != other.size()) return false;
  return one.empty() || CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace pcx::crypto
