// TLS from bytes to bytes, for connections that are driven by somebody else's event loop: what the
// peer has sent goes in, what shall be sent to it comes out. Knows no sockets.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/secret.h"
#include "http/url.h"

struct ssl_st;
struct ssl_ctx_st;

namespace pcx::http {

// The system's certificate authorities are read once for the whole process, which takes some 20 ms:
// by the first TlsChannel that has to verify with them, or here, by whoever has the time. From any
// thread.
void read_system_authorities();

struct TlsClientOptions {
  bool verify = true;                            // the certificate, and that it is of the host
  std::optional<std::filesystem::path> ca_file;  // instead of the system's store
  std::optional<std::filesystem::path> certificate_file, key_file;  // PEM, of the client
  std::optional<Secret> passphrase;                                 // of the key
};

// What the connections of one thread share: trust, the client's certificate, and sessions to be
// taken up again. TLS 1.2 or newer; ALPN "http/1.1".
class TlsClient {
 public:
  // Throws Error{config} for files that cannot be read or do not belong together.
  explicit TlsClient(const TlsClientOptions& options);
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient();

 private:
  friend class TlsChannel;
  struct Sessions;
  bool verify_;
  bool wants_system_store_;             // still
  std::unique_ptr<Sessions> sessions_;  // by host and port
  ssl_ctx_st* context_;
};

class TlsChannel {
 public:
  // `client` outlives it.
  TlsChannel(TlsClient& client, const Url& url);
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;
  ~TlsChannel();

  enum class State { shaking_hands, open, ended, failed };
  State state() const { return state_; }
  // Node.js' name for why it failed, as "DEPTH_ZERO_SELF_SIGNED_CERT".
  const std::string& failure() const { return failure_; }
  bool was_resumed() const;

  // Bytes of the peer. What they say is appended to `plain`.
  State put(std::string_view bytes, std::string& plain);
  // REQUIRES: state() is open.
  void write(std::string_view plain);
  // Appends what is to be sent; to be asked for after construction, put() and write().
  void take_output(std::string& out);

 private:
  State go_on(std::string& plain);
  State fail();

  TlsClient& client_;
  std::string peer_;
  ssl_st* ssl_;
  State state_ = State::shaking_hands;
  std::string failure_;
};

}  // namespace pcx::http
