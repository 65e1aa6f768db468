#include "crypto/openssl.h"

#include <fmt/format.h>
#include <openssl/err.h>

#include "core/error.h"

namespace pcx::crypto {

void require(bool done, const char* what) {
  if (done) return;
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  throw Error{ErrorCode::internal, fmt::format("openssl: {} failed: {}", what,
                                               reason == nullptr ? "no reason given" : reason)};
}

}  // namespace pcx::crypto
