#include "tests/support/certificate.h"

#include <atomic>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace pcx::testing {

namespace {

void require(bool done, const char* what) {
  if (!done) throw std::runtime_error{std::string{"making a certificate: "} + what};
}

EVP_PKEY* make_key() {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  require(key != nullptr, "key");
  return key;
}

X509* make_certificate(EVP_PKEY* key, const std::string& common_name, long serial,
                       const Validity& validity) {
  X509* const certificate = X509_new();
  require(certificate != nullptr, "memory");
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), validity.begins.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate), validity.ends.count());
  const auto* const name = reinterpret_cast<const unsigned char*>(common_name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, name, -1, -1,
                             0);
  require(X509_set_pubkey(certificate, key) == 1, "public key");
  return certificate;
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

template <typename Write>
std::string pem_of(Write write) {
  BIO* const memory = BIO_new(BIO_s_mem());
  require(memory != nullptr && write(memory) == 1, "PEM");
  BUF_MEM* bytes = nullptr;
  BIO_get_mem_ptr(memory, &bytes);
  std::string text{bytes->data, bytes->length};
  BIO_free(memory);
  return text;
}

std::string certificate_text(X509* certificate) {
  return pem_of([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string key_text(EVP_PKEY* key) {
  return pem_of([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  require(X509_sign(certificate, key, EVP_sha256()) != 0, "signature");
}

}  // namespace

void CertificateAuthority::Free::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }
void CertificateAuthority::Free::operator()(x509_st* certificate) const noexcept {
  X509_free(certificate);
}

namespace {

// Names differ: an authority with the name of a trusted one is another case (a forged signature).
std::string next_authority_name() {
  static std::atomic<int> made{0};
  return "pcx test authority " + std::to_string(++made);
}

}  // namespace

CertificateAuthority::CertificateAuthority()
    : key_(make_key()), certificate_(make_certificate(key_.get(), next_authority_name(), 1, {})) {
  extend(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(certificate_.get(), certificate_.get(), NID_key_usage, "critical,keyCertSign");
  sign(certificate_.get(), certificate_.get(), key_.get());
}

CertificateAuthority::~CertificateAuthority() = default;

std::string CertificateAuthority::certificate_pem() const {
  return certificate_text(certificate_.get());
}

Certificate CertificateAuthority::issue(const std::string& names, const Validity& validity) {
  const std::unique_ptr<EVP_PKEY, Free> key{make_key()};
  const std::unique_ptr<X509, Free> leaf{
      make_certificate(key.get(), "pcx test server", ++serial_, validity)};
  extend(leaf.get(), certificate_.get(), NID_subject_alt_name, names);
  sign(leaf.get(), certificate_.get(), key_.get());
  return {certificate_text(leaf.get()), key_text(key.get())};
}

Certificate CertificateAuthority::self_signed(const std::string& names) {
  const std::unique_ptr<EVP_PKEY, Free> key{make_key()};
  const std::unique_ptr<X509, Free> leaf{make_certificate(key.get(), "pcx test server", 1, {})};
  extend(leaf.get(), leaf.get(), NID_subject_alt_name, names);
  sign(leaf.get(), leaf.get(), key.get());
  return {certificate_text(leaf.get()), key_text(key.get())};
}

}  // namespace pcx::testing
