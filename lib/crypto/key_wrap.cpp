#include "crypto/key_wrap.h"

#include <memory>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "core/error.h"
#include "crypto/openssl.h"

namespace pcx::crypto {

namespace {

constexpr std::size_t kBlockBytes = 8;  // half of AES's

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

const EVP_CIPHER* algorithm(KeyWrap form) {  // fetched once and never freed, as in digest.cpp
  static const EVP_CIPHER* const plain = EVP_CIPHER_fetch(nullptr, "AES-256-WRAP", nullptr);
  static const EVP_CIPHER* const padded = EVP_CIPHER_fetch(nullptr, "AES-256-WRAP-PAD", nullptr);
  require(plain != nullptr && padded != nullptr, "fetching AES-256-WRAP");
  return form == KeyWrap::plain ? plain : padded;
}

Context start(KeyWrap form, const Secret& wrapping_key, bool wraps) {
  if (wrapping_key.size() != kKeyWrapKeyBytes) {
    throw Error{ErrorCode::crypto, fmt::format("a key for AES-256 key wrap has {} bytes, not {}",
                                               kKeyWrapKeyBytes, wrapping_key.size())};
  }
  Context context{EVP_CIPHER_CTX_new()};
  require(context != nullptr, "making a cipher context");
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  require(EVP_CipherInit_ex2(context.get(), algorithm(form), raw(wrapping_key.reveal_bytes()),
                             nullptr, wraps ? 1 : 0, nullptr) == 1,
          "starting AES key wrap");
  return context;
}

bool can_wrap(KeyWrap form, std::size_t size) {
  if (size > kWrappedKeyBytesMax) return false;
  if (form == KeyWrap::padded) return size > 0;
  return size % kBlockBytes == 0 && size >= 2 * kBlockBytes;
}

// Of a text that wrap_key() can have made. OpenSSL reads others past their end or not at all.
bool can_unwrap(KeyWrap form, std::size_t size) {
  const std::size_t least = form == KeyWrap::plain ? 3 : 2;
  return size % kBlockBytes == 0 && size >= least * kBlockBytes &&
         size <= kWrappedKeyBytesMax + 2 * kBlockBytes;
}

}  // namespace

std::string wrap_key(KeyWrap form, const Secret& wrapping_key, const Secret& key) {
  const Context context = start(form, wrapping_key, true);
  if (!can_wrap(form, key.size())) {
    throw Error{ErrorCode::crypto, fmt::format("a key of {} bytes cannot be wrapped", key.size())};
  }
  std::string wrapped(key.size() + 2 * kBlockBytes, '\0');
  int written = 0;
  require(EVP_CipherUpdate(context.get(), reinterpret_cast<unsigned char*>(wrapped.data()),
                           &written, raw(key.reveal_bytes()), static_cast<int>(key.size())) == 1,
          "AES key wrap");
  wrapped.resize(static_cast<std::size_t>(written));
  return wrapped;
}

std::optional<Secret> unwrap_key(KeyWrap form, const Secret& wrapping_key, Bytes wrapped) {
  const Context context = start(form, wrapping_key, false);
  if (!can_unwrap(form, wrapped.size())) return std::nullopt;
  Secret whole = Secret::with_size(wrapped.size());
  int written = 0;
  const int done = EVP_CipherUpdate(context.get(), raw_target(whole.writable_bytes()), &written,
                                    raw(wrapped), static_cast<int>(wrapped.size()));
  if (done != 1 || written <= 0) {
    ERR_clear_error();
    return std::nullopt;
  }
  return Secret{whole.reveal_bytes().first(static_cast<std::size_t>(written))};
}

}  // namespace pcx::crypto
