// The Transport that really calls: HTTP/1.1 over TCP or TLS, one connection a request.
//
// No redirects are followed, no proxies or environment variables are heeded, nothing is retried:
// what the caller asked for is what happens.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/interrupt.h"
#include "http/client.h"
#include "http/response_reader.h"

namespace pcx::http {

struct HttpOptions {
  // Trusted certificate authorities, PEM; instead of the system's store.
  std::optional<std::filesystem::path> ca_file;
  std::chrono::milliseconds connect_timeout{5'000};  // name, TCP and TLS together
  std::chrono::milliseconds total_timeout{30'000};   // the whole request
  ResponseLimits limits;
  std::string user_agent = "pcx";
};

// TLS 1.2 or newer; the server's certificate must be valid, trusted and for the URL's host (name
// or address). For one thread at a time.
class HttpTransport final : public Transport {
 public:
  // `interrupt` may be nullptr and must outlive the transport; a stop request ends a waiting send()
  // within 0.1 s (Error{interrupted} or Error{terminated}).
  //
  // Throws Error{config} when the CA file cannot be used.
  explicit HttpTransport(HttpOptions options, const Interrupt* interrupt = nullptr);
  ~HttpTransport() override;

  Response send(const Request& request) override;

 private:
  struct Tls;
  HttpOptions options_;
  const Interrupt* interrupt_;
  std::unique_ptr<Tls> tls_;  // made at the first https request; reading the store takes a while
};

}  // namespace pcx::http
