#include "http/tls_channel.h"

#include <array>
#include <utility>

#include <boost/asio/ssl/context.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "core/error.h"
#include "http/tls.h"

namespace pcx::http {

namespace {

std::string last_reason() {
  const unsigned long code = ERR_get_error();
  const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason != nullptr ? reason : "unknown reason";
}

[[noreturn]] void throw_config(const std::string& what, const std::filesystem::path& file) {
  throw Error{ErrorCode::config, fmt::format("{}: {}: {}", file.string(), what, last_reason()),
              "Give a readable PEM file."};
}

// What authors of scripts know from Node.js.
const char* node_name(long verdict) {
  switch (verdict) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "DEPTH_ZERO_SELF_SIGNED_CERT";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return "SELF_SIGNED_CERT_IN_CHAIN";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY: return "UNABLE_TO_GET_ISSUER_CERT_LOCALLY";
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
    case X509_V_ERR_CERT_HAS_EXPIRED: return "CERT_HAS_EXPIRED";
    case X509_V_ERR_CERT_NOT_YET_VALID: return "CERT_NOT_YET_VALID";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return "ERR_TLS_CERT_ALTNAME_INVALID";
    default: return "CERT_REJECTED";
  }
}

int give_passphrase(char* target, int size, int, void* passphrase) {
  const auto* const secret = static_cast<const std::optional<Secret>*>(passphrase);
  if (!*secret) return 0;
  const std::string_view text = (*secret)->reveal_text();
  if (text.size() > static_cast<std::size_t>(size)) return 0;
  text.copy(target, text.size());
  return static_cast<int>(text.size());
}

}  // namespace

namespace {

struct FreeStore {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};

// Shared by all contexts: it has a lock of its own. A system without any trusts nobody.
X509_STORE* system_store() {
  static const std::unique_ptr<X509_STORE, FreeStore> store{[] {
    X509_STORE* const made = X509_STORE_new();
    if (made == nullptr) throw Error{ErrorCode::internal, "openssl: no certificate store"};
    X509_STORE_set_default_paths(made);
    ERR_clear_error();
    return made;
  }()};
  return store.get();
}

}  // namespace

void read_system_authorities() { system_store(); }

struct TlsClient::Sessions {
  struct Free {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  std::map<std::string, std::unique_ptr<SSL_SESSION, Free>> by_peer;
};

namespace {

// Slots for what a connection has to find again in OpenSSL's callback.
int sessions_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}
int peer_slot() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

}  // namespace

TlsClient::TlsClient(const TlsClientOptions& options)
    : verify_(options.verify),
      wants_system_store_(options.verify && !options.ca_file),
      sessions_(std::make_unique<Sessions>()),
      context_(SSL_CTX_new(TLS_client_method())) {
  if (context_ == nullptr) throw Error{ErrorCode::internal, "openssl: no TLS context"};
  try {
    SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
    static constexpr unsigned char kHttp11[] = "\x08http/1.1";
    SSL_CTX_set_alpn_protos(context_, kHttp11, sizeof kHttp11 - 1);
    SSL_CTX_set_verify(context_, verify_ ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    if (options.ca_file && SSL_CTX_load_verify_file(context_, options.ca_file->c_str()) != 1) {
      throw_config("no certificate authorities", *options.ca_file);
    }
    SSL_CTX_set_default_passwd_cb(context_, give_passphrase);
    SSL_CTX_set_default_passwd_cb_userdata(context_,
                                           const_cast<std::optional<Secret>*>(&options.passphrase));
    if (options.certificate_file &&
        SSL_CTX_use_certificate_chain_file(context_, options.certificate_file->c_str()) != 1) {
      throw_config("no certificate", *options.certificate_file);
    }
    if (options.key_file &&
        SSL_CTX_use_PrivateKey_file(context_, options.key_file->c_str(), SSL_FILETYPE_PEM) != 1) {
      throw_config("no private key that opens and fits the certificate", *options.key_file);
    }
    SSL_CTX_set_default_passwd_cb_userdata(context_, nullptr);
    SSL_CTX_set_session_cache_mode(context_,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(context_, [](SSL* ssl, SSL_SESSION* session) {
      auto* const all = static_cast<Sessions*>(SSL_get_ex_data(ssl, sessions_slot()));
      const auto* const peer = static_cast<const std::string*>(SSL_get_ex_data(ssl, peer_slot()));
      all->by_peer[*peer].reset(session);
      return 1;  // it is kept
    });
  } catch (...) {
    SSL_CTX_free(context_);
    throw;
  }
}

TlsClient::~TlsClient() {
  sessions_->by_peer.clear();
  SSL_CTX_free(context_);
}

TlsChannel::TlsChannel(TlsClient& client, const Url& url)
    : client_(client), peer_(url.authority()), ssl_(SSL_new(client.context_)) {
  if (ssl_ == nullptr) throw Error{ErrorCode::internal, "openssl: no TLS connection"};
  SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(ssl_);
  SSL_set_ex_data(ssl_, sessions_slot(), client_.sessions_.get());
  SSL_set_ex_data(ssl_, peer_slot(), &peer_);
  if (client_.verify_) {
    if (std::exchange(client_.wants_system_store_, false)) {
      SSL_CTX_set1_cert_store(client_.context_, system_store());
    }
    expect_host(ssl_, url);
  } else if (!url.host_is_address) {
    std::string name = url.host;
    SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  }
  const auto known = client_.sessions_->by_peer.find(peer_);
  if (known != client_.sessions_->by_peer.end()) SSL_set_session(ssl_, known->second.get());
  std::string nothing;
  go_on(nothing);
}

TlsChannel::~TlsChannel() {
  // A session is taken up again only after a connection that ended in order.
  if (state_ == State::open) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
}

bool TlsChannel::was_resumed() const { return SSL_session_reused(ssl_) == 1; }

TlsChannel::State TlsChannel::fail() {
  // Without verification the result is there as well, and no reason for anything.
  const long verdict = client_.verify_ ? SSL_get_verify_result(ssl_) : X509_V_OK;
  failure_ = verdict != X509_V_OK ? node_name(verdict) : "ERR_SSL_" + last_reason();
  for (char& c : failure_) {
    if (c == ' ') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  ERR_clear_error();
  client_.sessions_->by_peer.erase(peer_);
  return state_ = State::failed;
}

TlsChannel::State TlsChannel::go_on(std::string& plain) {
  ERR_clear_error();
  if (state_ == State::shaking_hands) {
    const int done = SSL_do_handshake(ssl_);
    if (done != 1) {
      const bool wants_more = SSL_get_error(ssl_, done) == SSL_ERROR_WANT_READ;
      return wants_more ? state_ : fail();
    }
    state_ = State::open;
  }
  std::array<char, 16 * 1024> piece;
  for (;;) {
    const int got = SSL_read(ssl_, piece.data(), static_cast<int>(piece.size()));
    if (got > 0) {
      plain.append(piece.data(), static_cast<std::size_t>(got));
      continue;
    }
    const int why = SSL_get_error(ssl_, got);
    if (why == SSL_ERROR_WANT_READ) return state_;
    if (why == SSL_ERROR_ZERO_RETURN) return state_ = State::ended;
    return fail();
  }
}

TlsChannel::State TlsChannel::put(std::string_view bytes, std::string& plain) {
  if (state_ == State::failed || state_ == State::ended) return state_;
  BIO_write(SSL_get_rbio(ssl_), bytes.data(), static_cast<int>(bytes.size()));
  return go_on(plain);
}

void TlsChannel::write(std::string_view plain) {
  // A memory BIO takes all of it.
  SSL_write(ssl_, plain.data(), static_cast<int>(plain.size()));
}

void TlsChannel::take_output(std::string& out) {
  std::array<char, 16 * 1024> piece;
  for (;;) {
    const int got = BIO_read(SSL_get_wbio(ssl_), piece.data(), static_cast<int>(piece.size()));
    if (got <= 0) return;
    out.append(piece.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace pcx::http
