// AES-256-GCM (NIST SP 800-38D) with nonces of 12 or 16 bytes and tags of 16.
#pragma once

#include <memory>

#include "core/secret.h"
#include "crypto/bytes.h"

struct evp_cipher_ctx_st;

namespace pcx::crypto {

inline constexpr std::size_t kAeadKeyBytes = 32;
inline constexpr std::size_t kAeadTagBytes = 16;
inline constexpr std::size_t kAeadTextBytesMax = std::size_t{1} << 30;  // far below GCM's 2^36 - 32

// One key, many messages: the key schedule is made once (0.2 us a value instead of 1.7). For one
// thread at a time. OpenSSL keeps the schedule on its own heap and wipes it when the object ends.
//
// A nonce must never come twice with one key. Random nonces: at most 2^32 seals for each key
// (SP 800-38D, 8.3); counting them is the caller's.
class Aes256Gcm {
 public:
  // Throws Error{crypto} when the key is not 32 bytes long.
  explicit Aes256Gcm(const Secret& key);

  // Writes plaintext.size() bytes to `ciphertext` (which may be the plaintext itself) and the tag.
  // `associated` is authenticated, not encrypted.
  //
  // REQUIRES: ciphertext.size() == plaintext.size()
  // Throws Error{crypto} for another nonce size or a longer text.
  void seal(Bytes nonce, Bytes associated, Bytes plaintext, std::span<std::byte> ciphertext,
            std::span<std::byte, kAeadTagBytes> tag);

  // True when tag, ciphertext, associated data, nonce and key belong together. Otherwise
  // `plaintext` is wiped: unauthenticated bytes never leave. `plaintext` may be the ciphertext.
  //
  // REQUIRES: plaintext.size() == ciphertext.size()
  // Throws Error{crypto} for another nonce size or a longer text.
  [[nodiscard]] bool open(Bytes nonce, Bytes associated, Bytes ciphertext,
                          std::span<const std::byte, kAeadTagBytes> tag,
                          std::span<std::byte> plaintext);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };
  struct Direction {
    std::unique_ptr<evp_cipher_ctx_st, Free> context;
    std::size_t nonce_bytes = 12;
  };
  static Direction start(const Secret& key, bool encrypt);
  static void begin_message(Direction& direction, Bytes nonce, Bytes associated,
                            std::size_t text_bytes);

  Direction sealing_;
  Direction opening_;
};

}  // namespace pcx::crypto
