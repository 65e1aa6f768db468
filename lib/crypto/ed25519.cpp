#include "crypto/ed25519.h"

#include <memory>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "core/error.h"
#include "crypto/openssl.h"
#include "crypto/random_bytes.h"

namespace pcx::crypto {

namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

Context make_context() {
  Context context{EVP_MD_CTX_new()};
  require(context != nullptr, "making a digest context");
  return context;
}

}  // namespace

Secret Ed25519Signer::make_key(Random& random) { return random_secret(random, kEd25519KeyBytes); }

Ed25519Signer::Ed25519Signer(const Secret& private_key) {
  if (private_key.size() != kEd25519KeyBytes) {
    throw Error{ErrorCode::crypto, fmt::format("a key for Ed25519 has {} bytes, not {}",
                                               kEd25519KeyBytes, private_key.size())};
  }
  key_.reset(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                          raw(private_key.reveal_bytes()), private_key.size()));
  require(key_ != nullptr, "reading an Ed25519 key");
  std::size_t size = public_key_.size();
  require(EVP_PKEY_get_raw_public_key(key_.get(), raw_target(public_key_), &size) == 1 &&
              size == public_key_.size(),
          "deriving an Ed25519 public key");
}

Ed25519Signature Ed25519Signer::sign(Bytes message) const {
  const Context context = make_context();
  require(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1,
          "starting Ed25519");
  Ed25519Signature signature;
  std::size_t size = signature.size();
  require(EVP_DigestSign(context.get(), raw_target(signature), &size, raw(message),
                         message.size()) == 1 &&
              size == signature.size(),
          "Ed25519");
  return signature;
}

bool verify_ed25519(const Ed25519PublicKey& public_key, Bytes message, Bytes signature) {
  if (signature.size() != kEd25519SignatureBytes) return false;
  const Pkey key{
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(public_key), public_key.size())};
  const Context context = make_context();
  const bool is_right =
      key != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message),
                       message.size()) == 1;
  if (!is_right) ERR_clear_error();
  return is_right;
}

}  // namespace pcx::crypto
