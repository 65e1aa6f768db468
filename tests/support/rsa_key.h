// An RSA key that guards nothing: to make one takes a second or more, and most tests want any.
#pragma once

#include "core/file.h"
#include "crypto/rsa_oaep.h"
#include "tests/support/data.h"

namespace pcx::testing {

// The same each time.
inline crypto::RsaPrivateKey known_rsa_key() {
  static const Secret pem{read_file(data_path("rsa_key_of_tests.pem"))};
  return crypto::RsaPrivateKey{pem};
}

}  // namespace pcx::testing
