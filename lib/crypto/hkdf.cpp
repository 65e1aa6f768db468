#include "crypto/hkdf.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "crypto/hmac.h"

namespace pcx::crypto {

namespace {

Secret extract(const Secret& key_material, Bytes salt) {
  HmacSha256 mac{salt};
  mac.update(key_material.reveal_bytes());
  Secret pseudorandom_key = Secret::with_size(kHmacBytes);
  mac.finish(pseudorandom_key.writable_bytes().first<kHmacBytes>());
  return pseudorandom_key;
}

Secret expand(const Secret& pseudorandom_key, std::string_view info, std::size_t size) {
  HmacSha256 mac{pseudorandom_key};
  Secret derived = Secret::with_size(size);
  Secret block = Secret::with_size(kHmacBytes);
  std::byte counter{0};
  for (std::size_t done = 0; done < size; done += kHmacBytes) {
    if (done > 0) mac.update(block.reveal_bytes());
    counter = std::byte{static_cast<unsigned char>(std::to_integer<unsigned>(counter) + 1)};
    mac.update(info);
    mac.update(Bytes{&counter, 1});
    mac.finish(block.writable_bytes().first<kHmacBytes>());
    const auto wanted = std::min(kHmacBytes, size - done);
    std::ranges::copy(block.reveal_bytes().first(wanted),
                      derived.writable_bytes().subspan(done).begin());
  }
  return derived;
}

}  // namespace

Secret hkdf_sha256(const Secret& key_material, Bytes salt, std::string_view info,
                   std::size_t size) {
  if (size == 0 || size > kHkdfBytesMax) {
    throw Error{ErrorCode::crypto,
                fmt::format("HKDF-SHA-256 gives 1 to {} bytes, not {}", kHkdfBytesMax, size)};
  }
  return expand(extract(key_material, salt), info, size);
}

}  // namespace pcx::crypto
