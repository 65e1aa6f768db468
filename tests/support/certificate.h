// Certificates made when a test runs: an authority of its own, and what it issues. No keys are
// checked in.
#pragma once

#include <chrono>
#include <memory>
#include <string>

struct evp_pkey_st;
struct x509_st;

namespace pcx::testing {

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

// From now minus a day, by default for two days.
struct Validity {
  std::chrono::seconds begins{std::chrono::hours{-24}};
  std::chrono::seconds ends{std::chrono::hours{24}};
};

class CertificateAuthority {
 public:
  CertificateAuthority();
  ~CertificateAuthority();

  // The authority's own certificate, to be trusted.
  std::string certificate_pem() const;
  // For `names`, as OpenSSL writes subjectAltName: "DNS:localhost", "IP:127.0.0.1".
  Certificate issue(const std::string& names, const Validity& validity = {});
  // Signed by itself, by nobody else.
  static Certificate self_signed(const std::string& names);

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const noexcept;
    void operator()(x509_st* certificate) const noexcept;
  };
  std::unique_ptr<evp_pkey_st, Free> key_;
  std::unique_ptr<x509_st, Free> certificate_;
  long serial_ = 1;
};

}  // namespace pcx::testing
