#include "crypto/pkey.h"

#include <openssl/evp.h>

namespace pcx::crypto {

void FreePkey::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

}  // namespace pcx::crypto
