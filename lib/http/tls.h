// TLS as pcx wants it: verified. Private to this folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "http/url.h"

namespace pcx::http {

// Trusts `ca_file`, or the system's store. Throws Error{config} when it cannot be read.
boost::asio::ssl::context make_tls_context(const std::optional<std::filesystem::path>& ca_file);

// Before the handshake: names the host to the server (SNI) and demands a certificate for it.
void expect_host(SSL* connection, const Url& url);

// Why the handshake failed: the certificate's fault when it was that, otherwise `reason`.
std::string handshake_failure(const SSL* connection, const std::string& reason);

}  // namespace pcx::http
