#include "crypto/rsa_oaep.h"

#include <memory>
#include <utility>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "core/error.h"
#include "crypto/encoding.h"
#include "crypto/openssl.h"

namespace pcx::crypto {

namespace {

constexpr std::string_view kPemHead = "-----BEGIN PUBLIC KEY-----\n";
constexpr std::string_view kPemFoot = "-----END PUBLIC KEY-----\n";
constexpr std::size_t kPemColumns = 64;

constexpr std::size_t kSealedBytesMax = 300;  // 3072 bits less OAEP's 66 bytes, rounded down

struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;

struct FreeBio {
  void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

Pkey require_rsa(Pkey key, const char* what) {
  ERR_clear_error();
  const bool is_rsa = key != nullptr && EVP_PKEY_is_a(key.get(), "RSA") == 1 &&
                      EVP_PKEY_get_bits(key.get()) >= static_cast<int>(kRsaBits);
  if (is_rsa) return key;
  throw Error{ErrorCode::crypto,
              fmt::format("this is no RSA {} key of at least {} bits", what, kRsaBits)};
}

void use_oaep(EVP_PKEY_CTX* context, Bytes label) {
  require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) == 1 &&
              EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) == 1,
          "choosing OAEP");
  if (label.empty()) return;
  void* const copy = OPENSSL_memdup(label.data(), label.size());  // the context frees it
  require(copy != nullptr, "copying a label");
  require(EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, static_cast<int>(label.size())) == 1,
          "setting a label");
}

}  // namespace

RsaPublicKey::RsaPublicKey(Bytes der) {
  const unsigned char* at = raw(der);
  Pkey key{d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()))};
  const bool is_whole = at == raw(der) + der.size();
  key_ = require_rsa(is_whole ? std::move(key) : nullptr, "public");
}

RsaPublicKey RsaPublicKey::from_pem(std::string_view pem) {
  const bool is_framed = pem.starts_with(kPemHead) && pem.ends_with(kPemFoot) &&
                         pem.size() > kPemHead.size() + kPemFoot.size();
  std::string text;
  if (is_framed) {
    text = pem.substr(kPemHead.size(), pem.size() - kPemHead.size() - kPemFoot.size());
    std::erase(text, '\n');
  }
  return RsaPublicKey{bytes_of(from_base64(text).value_or(""))};
}

std::string RsaPublicKey::to_pem() const {
  const std::string text = to_base64(bytes_of(to_der()));
  std::string pem{kPemHead};
  for (std::size_t at = 0; at < text.size(); at += kPemColumns) {
    pem += text.substr(at, kPemColumns) + "\n";
  }
  return pem.append(kPemFoot);
}

std::string RsaPublicKey::to_der() const {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &bytes);
  require(size > 0, "writing a public key");
  std::string der{reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  OPENSSL_free(bytes);
  return der;
}

std::string RsaPublicKey::seal(const Secret& key, Bytes label) const {
  if (key.size() > kSealedBytesMax) {
    throw Error{ErrorCode::crypto, fmt::format("a key of {} bytes is above the limit of {}",
                                               key.size(), kSealedBytesMax)};
  }
  const Context context{EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)};
  require(context != nullptr && EVP_PKEY_encrypt_init(context.get()) == 1, "starting OAEP");
  use_oaep(context.get(), label);
  std::string sealed(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = sealed.size();
  require(EVP_PKEY_encrypt(context.get(), reinterpret_cast<unsigned char*>(sealed.data()), &size,
                           raw(key.reveal_bytes()), key.size()) == 1 &&
              size == sealed.size(),
          "OAEP");
  return sealed;
}

RsaPrivateKey RsaPrivateKey::generate() {
  Pkey key{EVP_RSA_gen(kRsaBits)};
  require(key != nullptr, "making an RSA key");
  return RsaPrivateKey{std::move(key)};
}

RsaPrivateKey::RsaPrivateKey(Pkey key) : key_(std::move(key)) {}

RsaPrivateKey::RsaPrivateKey(const Secret& pem) {
  const std::string_view text = pem.reveal_text();
  if (text.empty()) require_rsa(nullptr, "private");  // OpenSSL makes no buffer of nothing
  const Bio bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  require(bio != nullptr, "making a buffer");
  // Never asks for a passphrase on the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  key_ = require_rsa(Pkey{PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)},
                     "private");
}

Secret RsaPrivateKey::to_pem() const {
  const Bio bio{BIO_new(BIO_s_secmem())};
  require(bio != nullptr && PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr,
                                                          0, nullptr, nullptr) == 1,
          "writing a private key");
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  require(size > 0, "writing a private key");
  return Secret{std::string_view{text, static_cast<std::size_t>(size)}};
}

RsaPublicKey RsaPrivateKey::public_key() const {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &bytes);
  require(size > 0, "writing a public key");
  const std::string der{reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  OPENSSL_free(bytes);
  return RsaPublicKey{bytes_of(der)};
}

std::optional<Secret> RsaPrivateKey::open(Bytes sealed, Bytes label) const {
  Secret whole = Secret::with_size(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
  // RFC 8017, 7.1.2, step 1b. OpenSSL opens one that lost its leading zeros, too.
  if (sealed.size() != whole.size()) return std::nullopt;
  const Context context{EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)};
  require(context != nullptr && EVP_PKEY_decrypt_init(context.get()) == 1, "starting OAEP");
  use_oaep(context.get(), label);
  std::size_t size = whole.size();
  const int done = EVP_PKEY_decrypt(context.get(), raw_target(whole.writable_bytes()), &size,
                                    raw(sealed), sealed.size());
  if (done != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  return Secret{whole.reveal_bytes().first(size)};
}

}  // namespace pcx::crypto
