#include "crypto/hmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "crypto/constant_time.h"
#include "crypto/openssl.h"

namespace pcx::crypto {

namespace {

EVP_MAC* algorithm() {  // fetched once and never freed, as in digest.cpp
  static EVP_MAC* const fetched = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  require(fetched != nullptr, "fetching HMAC");
  return fetched;
}

}  // namespace

void HmacSha256::Free::operator()(evp_mac_ctx_st* context) const noexcept {
  EVP_MAC_CTX_free(context);
}

HmacSha256::HmacSha256(Bytes key) : context_(EVP_MAC_CTX_new(algorithm())) {
  require(context_ != nullptr, "making a MAC context");
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  // A null pointer means "keep the key you have": an empty key needs an address.
  const unsigned char* const start =
      key.empty() ? reinterpret_cast<const unsigned char*>(digest) : raw(key);
  require(EVP_MAC_init(context_.get(), start, key.size(), params) == 1, "starting HMAC");
}

void HmacSha256::update(Bytes bytes) {
  require(EVP_MAC_update(context_.get(), raw(bytes), bytes.size()) == 1, "HMAC");
}

void HmacSha256::finish(std::span<std::byte, kHmacBytes> tag) {
  std::size_t size = 0;
  require(
      EVP_MAC_final(context_.get(), raw_target(tag), &size, tag.size()) == 1 && size == tag.size(),
      "finishing HMAC");
  require(EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1, "restarting HMAC");
}

HmacTag HmacSha256::finish() {
  HmacTag tag;
  finish(tag);
  return tag;
}

HmacTag HmacSha256::tag(std::string_view message) {
  update(message);
  return finish();
}

bool HmacSha256::verify(std::string_view message, Bytes tag) {
  return equal_in_constant_time(this->tag(message), tag);
}

HmacTag hmac_sha256(const Secret& key, std::string_view message) {
  return HmacSha256{key}.tag(message);
}

}  // namespace pcx::crypto
