#include "crypto/digest.h"

#include <openssl/evp.h>

#include "crypto/encoding.h"
#include "crypto/openssl.h"

namespace pcx::crypto {

namespace {

// Fetched once: looking the algorithm up costs more than hashing a short text. Never freed, so
// that hashing works until the last destructor of static storage.
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require(fetched != nullptr, "fetching SHA-256");
  return fetched;
}

}  // namespace

void sha256(Bytes bytes, std::span<std::byte, kSha256Bytes> digest) {
  require(EVP_Digest(bytes.data(), bytes.size(), raw_target(digest), nullptr, algorithm(),
                     nullptr) == 1,
          "SHA-256");
}

Sha256Digest sha256(Bytes bytes) {
  Sha256Digest digest;
  sha256(bytes, digest);
  return digest;
}

Sha256Digest sha256(std::string_view text) { return sha256(bytes_of(text)); }

std::string sha256_hex(std::string_view text) { return to_hex(sha256(text)); }

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  require(context_ != nullptr, "making a digest context");
  require(EVP_DigestInit_ex2(context_.get(), algorithm(), nullptr) == 1, "starting SHA-256");
}

void Sha256::update(Bytes bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "SHA-256");
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest;
  require(EVP_DigestFinal_ex(context_.get(), raw_target(digest), nullptr) == 1,
          "finishing SHA-256");
  require(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1, "restarting SHA-256");
  return digest;
}

}  // namespace pcx::crypto
