#include "crypto/aead.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "core/error.h"
#include "crypto/openssl.h"

namespace pcx::crypto {

namespace {

const EVP_CIPHER* algorithm() {  // fetched once and never freed, as in digest.cpp
  static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  require(fetched != nullptr, "fetching AES-256-GCM");
  return fetched;
}

void transform(EVP_CIPHER_CTX* context, Bytes from, unsigned char* to) {
  int written = 0;
  require(EVP_CipherUpdate(context, to, &written, raw(from), static_cast<int>(from.size())) == 1,
          "AES-256-GCM");
}

}  // namespace

void Aes256Gcm::Free::operator()(evp_cipher_ctx_st* context) const noexcept {
  EVP_CIPHER_CTX_free(context);
}

Aes256Gcm::Aes256Gcm(const Secret& key) {
  if (key.size() != kAeadKeyBytes) {
    throw Error{ErrorCode::crypto, fmt::format("a key for AES-256-GCM has {} bytes, not {}",
                                               kAeadKeyBytes, key.size())};
  }
  sealing_ = start(key, true);
  opening_ = start(key, false);
}

Aes256Gcm::Direction Aes256Gcm::start(const Secret& key, bool encrypt) {
  Direction direction;
  direction.context.reset(EVP_CIPHER_CTX_new());
  EVP_CIPHER_CTX* const context = direction.context.get();
  require(context != nullptr, "making a cipher context");
  require(EVP_CipherInit_ex2(context, algorithm(), raw(key.reveal_bytes()), nullptr,
                             encrypt ? 1 : 0, nullptr) == 1,
          "starting AES-256-GCM");
  return direction;
}

void Aes256Gcm::begin_message(Direction& direction, Bytes nonce, Bytes associated,
                              std::size_t text_bytes) {
  if (nonce.size() != 12 && nonce.size() != 16) {
    throw Error{ErrorCode::crypto, fmt::format("a nonce has 12 or 16 bytes, not {}", nonce.size())};
  }
  if (text_bytes > kAeadTextBytesMax || associated.size() > kAeadTextBytesMax) {
    throw Error{ErrorCode::crypto,
                fmt::format("a text for AES-256-GCM has at most {} bytes", kAeadTextBytesMax)};
  }
  EVP_CIPHER_CTX* const context = direction.context.get();
  if (direction.nonce_bytes != nonce.size()) {  // before the nonce itself, or OpenSSL cuts it
    require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(nonce.size()),
                                nullptr) == 1,
            "setting the nonce size");
    direction.nonce_bytes = nonce.size();
  }
  require(EVP_CipherInit_ex2(context, nullptr, nullptr, raw(nonce), -1, nullptr) == 1,
          "setting the nonce");
  if (!associated.empty()) transform(context, associated, nullptr);
}

void Aes256Gcm::seal(Bytes nonce, Bytes associated, Bytes plaintext,
                     std::span<std::byte> ciphertext, std::span<std::byte, kAeadTagBytes> tag) {
  begin_message(sealing_, nonce, associated, plaintext.size());
  EVP_CIPHER_CTX* const context = sealing_.context.get();
  if (!plaintext.empty()) transform(context, plaintext, raw_target(ciphertext));
  unsigned char none[EVP_MAX_BLOCK_LENGTH];
  int none_bytes = 0;
  require(EVP_CipherFinal_ex(context, none, &none_bytes) == 1, "finishing AES-256-GCM");
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kAeadTagBytes, tag.data()) == 1,
          "reading the tag");
}

bool Aes256Gcm::open(Bytes nonce, Bytes associated, Bytes ciphertext,
                     std::span<const std::byte, kAeadTagBytes> tag,
                     std::span<std::byte> plaintext) {
  begin_message(opening_, nonce, associated, ciphertext.size());
  EVP_CIPHER_CTX* const context = opening_.context.get();
  if (!ciphertext.empty()) transform(context, ciphertext, raw_target(plaintext));
  // OpenSSL only copies the tag; its parameter is not const because reading it has the same call.
  require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kAeadTagBytes,
                              const_cast<std::byte*>(tag.data())) == 1,
          "setting the tag");
  unsigned char none[EVP_MAX_BLOCK_LENGTH];
  int none_bytes = 0;
  if (EVP_CipherFinal_ex(context, none, &none_bytes) == 1) return true;
  ERR_clear_error();
  OPENSSL_cleanse(plaintext.data(), plaintext.size());
  return false;
}

}  // namespace pcx::crypto
