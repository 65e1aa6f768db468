#include "http/tls.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/error.h"

namespace pcx::http {

namespace ssl = boost::asio::ssl;

ssl::context make_tls_context(const std::optional<std::filesystem::path>& ca_file) {
  ssl::context context{ssl::context::tls_client};
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  boost::system::error_code failed;
  context.set_verify_mode(ssl::verify_peer);
  if (ca_file) {
    context.load_verify_file(ca_file->string(), failed);
  } else {
    context.set_default_verify_paths(failed);
  }
  if (!failed) return context;
  throw Error{ErrorCode::config,
              fmt::format("no certificate authorities in {}: {}",
                          ca_file ? ca_file->string() : "the system's store", failed.message()),
              "Give a readable PEM file with the certificates of the authorities to trust."};
}

void expect_host(SSL* connection, const Url& url) {
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(connection);
  bool done = false;
  if (url.host_is_address) {
    done = X509_VERIFY_PARAM_set1_ip_asc(wanted, url.host.c_str()) == 1;
  } else {
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    // SSL_set_tlsext_host_name() is a macro around this call; RFC 6066 allows names only.
    std::string name = url.host;
    done = X509_VERIFY_PARAM_set1_host(wanted, name.data(), name.size()) == 1 &&
           SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    name.data()) == 1;
  }
  if (!done) throw Error{ErrorCode::internal, "openssl: setting the expected host failed"};
}

std::string handshake_failure(const SSL* connection, const std::string& reason) {
  const long verdict = SSL_get_verify_result(connection);
  if (verdict == X509_V_OK) return reason;
  return fmt::format("the certificate was refused: {}", X509_verify_cert_error_string(verdict));
}

}  // namespace pcx::http
