#include "http/tls_channel.h"

#include <cstdlib>
#include <memory>

#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "core/error.h"
#include "tests/support/certificate.h"
#include "tests/support/errors.h"
#include "tests/support/temporary_folder.h"

namespace pcx::http {
namespace {

using State = TlsChannel::State;

template <auto kFree>
struct Free {
  template <typename Thing>
  void operator()(Thing* thing) const {
    kFree(thing);
  }
};

// A server's end, from bytes to bytes as well: OpenSSL itself.
class Server {
 public:
  explicit Server(const testing::Certificate& certificate, const std::string& client_ca = {})
      : context_(SSL_CTX_new(TLS_server_method())) {
    std::unique_ptr<BIO, Free<BIO_free>> pem{
        BIO_new_mem_buf(certificate.certificate_pem.data(), -1)};
    std::unique_ptr<X509, Free<X509_free>> x509{
        PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)};
    SSL_CTX_use_certificate(context_.get(), x509.get());
    pem.reset(BIO_new_mem_buf(certificate.key_pem.data(), -1));
    std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>> key{
        PEM_read_bio_PrivateKey(pem.get(), nullptr, nullptr, nullptr)};
    SSL_CTX_use_PrivateKey(context_.get(), key.get());
    SSL_CTX_set_session_id_context(context_.get(), reinterpret_cast<const unsigned char*>("t"), 1);
    if (client_ca.empty()) return;
    pem.reset(BIO_new_mem_buf(client_ca.data(), -1));
    x509.reset(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), x509.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }

  void accept() {
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_.get());
  }
  // What it answers to `bytes`; what they say is kept in `heard`.
  std::string put(const std::string& bytes) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    if (!SSL_is_init_finished(ssl_.get())) SSL_do_handshake(ssl_.get());
    char piece[4096];
    for (int got = 0; (got = SSL_read(ssl_.get(), piece, sizeof piece)) > 0;) {
      heard.append(piece, static_cast<std::size_t>(got));
    }
    return output();
  }
  std::string say(const std::string& text) {
    SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    return output();
  }
  std::string hang_up() {
    SSL_shutdown(ssl_.get());
    return output();
  }

  std::string heard;

 private:
  std::string output() {
    std::string all;
    char piece[4096];
    for (int got = 0; (got = BIO_read(SSL_get_wbio(ssl_.get()), piece, sizeof piece)) > 0;) {
      all.append(piece, static_cast<std::size_t>(got));
    }
    return all;
  }

  std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, Free<SSL_free>> ssl_;
};

std::string output_of(TlsChannel& channel) {
  std::string out;
  channel.take_output(out);
  return out;
}

// Bytes go to and fro until nobody has any more to say.
std::string shake_hands(TlsChannel& channel, Server& server) {
  server.accept();
  std::string plain;
  std::string to_server = output_of(channel);
  while (!to_server.empty()) {
    channel.put(server.put(to_server), plain);
    to_server = output_of(channel);
  }
  return plain;
}

class TlsChannels : public ::testing::Test {
 protected:
  TlsClientOptions trusting() { return {.ca_file = folder.write("ca.pem", ca.certificate_pem())}; }

  testing::TemporaryFolder folder;
  testing::CertificateAuthority ca;
  Url url = parse_url("https://api.example.org");
};

TEST_F(TlsChannels, CarryBytesBothWays) {
  Server server{ca.issue("DNS:api.example.org")};
  TlsClient client{trusting()};
  TlsChannel channel{client, url};
  shake_hands(channel, server);
  ASSERT_EQ(channel.state(), State::open) << channel.failure();
  channel.write("GET /");
  server.put(output_of(channel));
  EXPECT_EQ(server.heard, "GET /");
  std::string plain;
  channel.put(server.say("200"), plain);
  EXPECT_EQ(plain, "200");
  EXPECT_EQ(channel.put(server.hang_up(), plain), State::ended);
}

TEST_F(TlsChannels, TakeUpASessionAgain) {
  Server server{ca.issue("DNS:api.example.org")};
  TlsClient client{trusting()};
  {
    TlsChannel first{client, url};
    shake_hands(first, server);
    std::string plain;
    first.put(server.say("hello"), plain);
    EXPECT_FALSE(first.was_resumed());
  }
  TlsChannel second{client, url};
  shake_hands(second, server);
  EXPECT_EQ(second.state(), State::open);
  EXPECT_TRUE(second.was_resumed());
  TlsChannel other{client, parse_url("https://other.example.org")};
  EXPECT_FALSE(other.was_resumed());
}

// Whatever of its client comes first, and for all clients of the process.
TEST_F(TlsChannels, TrustTheSystemsAuthorities) {
  // As OpenSSL has it: instead of the file that it was built for.
  ASSERT_EQ(::setenv("SSL_CERT_FILE", trusting().ca_file->c_str(), 1), 0);
  read_system_authorities();
  Server server{ca.issue("DNS:api.example.org")};
  Server foreign{testing::CertificateAuthority{}.issue("DNS:api.example.org")};
  TlsClient client{{}};
  TlsClient lax{{.verify = false}};
  TlsClient other{
      {.ca_file = folder.write("other.pem", testing::CertificateAuthority{}.certificate_pem())}};
  const auto failure_at = [&](TlsClient& of, Server& at) {
    TlsChannel channel{of, url};
    shake_hands(channel, at);
    return channel.failure();
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(failure_at(client, server), "");
    EXPECT_EQ(failure_at(client, foreign), "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
    EXPECT_EQ(failure_at(lax, foreign), "");
    EXPECT_EQ(failure_at(other, server), "UNABLE_TO_GET_ISSUER_CERT_LOCALLY");
  }
}

struct Refusal {
  const char* names;
  testing::Validity validity;
  bool is_trusted;
  const char* failure;
};

class Refusals : public TlsChannels, public ::testing::WithParamInterface<Refusal> {};

TEST_P(Refusals, HaveTheNamesOfNode) {
  const Refusal& refusal = GetParam();
  Server server{refusal.is_trusted ? ca.issue(refusal.names, refusal.validity)
                                   : testing::CertificateAuthority::self_signed(refusal.names)};
  TlsClient client{trusting()};
  TlsChannel channel{client, url};
  shake_hands(channel, server);
  EXPECT_EQ(channel.state(), State::failed);
  EXPECT_EQ(channel.failure(), refusal.failure);

  TlsClient lax{{.verify = false}};
  TlsChannel open{lax, url};
  shake_hands(open, server);
  EXPECT_EQ(open.state(), State::open) << open.failure();
}

INSTANTIATE_TEST_SUITE_P(
    Certificates, Refusals,
    ::testing::Values(Refusal{"DNS:api.example.org", {}, false, "DEPTH_ZERO_SELF_SIGNED_CERT"},
                      Refusal{"DNS:other.example.org", {}, true, "ERR_TLS_CERT_ALTNAME_INVALID"},
                      Refusal{"DNS:api.example.org",
                              {.begins = std::chrono::hours{-48}, .ends = std::chrono::hours{-24}},
                              true,
                              "CERT_HAS_EXPIRED"},
                      Refusal{"DNS:api.example.org",
                              {.begins = std::chrono::hours{24}, .ends = std::chrono::hours{48}},
                              true,
                              "CERT_NOT_YET_VALID"}));

TEST_F(TlsChannels, FailForWhatIsNoTls) {
  TlsClient client{trusting()};
  TlsChannel channel{client, url};
  std::string plain;
  EXPECT_EQ(channel.put("HTTP/1.1 400 Bad Request\r\n\r\n", plain), State::failed);
  EXPECT_THAT(channel.failure(), ::testing::StartsWith("ERR_SSL_"));
  EXPECT_EQ(plain, "");
}

// A certificate that nobody has looked at is no reason; and what was said before is heard.
TEST_F(TlsChannels, FailInTheMiddleForWhatHasHappened) {
  Server server{testing::CertificateAuthority::self_signed("DNS:api.example.org")};
  TlsClient client{{.verify = false}};
  TlsChannel channel{client, url};
  shake_hands(channel, server);
  ASSERT_EQ(channel.state(), State::open);
  std::string plain;
  EXPECT_EQ(channel.put(server.say("200") + "no record of TLS", plain), State::failed);
  EXPECT_EQ(plain, "200");
  EXPECT_THAT(channel.failure(), ::testing::StartsWith("ERR_SSL_"));
}

TEST_F(TlsChannels, ShowTheClientsCertificate) {
  Server server{ca.issue("DNS:api.example.org"), ca.certificate_pem()};
  const testing::Certificate own = ca.issue("DNS:clinic.example.org");
  TlsClientOptions options = trusting();
  {
    TlsClient client{options};
    TlsChannel channel{client, url};
    shake_hands(channel, server);
    EXPECT_EQ(channel.state(), State::failed) << "TLS 1.3 says so after the handshake";
  }
  options.certificate_file = folder.write("own.pem", own.certificate_pem);
  options.key_file = folder.write("own-key.pem", own.key_pem, 0600);
  TlsClient client{options};
  TlsChannel channel{client, url};
  shake_hands(channel, server);
  channel.write("hello");
  server.put(output_of(channel));
  EXPECT_EQ(server.heard, "hello");
}

TEST_F(TlsChannels, WantFilesThatFitTogether) {
  const testing::Certificate own = ca.issue("DNS:a.example.org");
  const testing::Certificate other = ca.issue("DNS:b.example.org");
  const auto code_of = [](const TlsClientOptions& options) {
    return testing::error_of([&] { TlsClient{options}; }).code();
  };
  EXPECT_EQ(code_of({.ca_file = folder.path() / "missing.pem"}), ErrorCode::config);
  EXPECT_EQ(code_of({.certificate_file = folder.write("own.pem", own.certificate_pem),
                     .key_file = folder.write("other.pem", other.key_pem, 0600)}),
            ErrorCode::config);
  EXPECT_EQ(code_of({.certificate_file = folder.write("none.pem", "no certificate")}),
            ErrorCode::config);
}

}  // namespace
}  // namespace pcx::http
