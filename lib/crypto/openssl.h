// OpenSSL's door, private to this folder: failures become pcx::Error.
#pragma once

#include "crypto/bytes.h"

namespace pcx::crypto {

// Throws Error{internal} naming `what` and OpenSSL's reason unless `done`: for calls that fail only
// when memory is short or the library is broken. Empties the thread's error queue.
void require(bool done, const char* what);

// As OpenSSL wants them.
inline const unsigned char* raw(Bytes bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* raw_target(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace pcx::crypto
