#include "http/http_transport.h"

#include <thread>

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/file.h"
#include "tests/support/loopback_server.h"
#include "tests/support/temporary_folder.h"

namespace pcx::http {
namespace {

using namespace std::chrono_literals;
using testing::CertificateAuthority;
using ::testing::HasSubstr;
using testing::LoopbackServer;
using ::testing::Not;
using ::testing::StartsWith;
using Clock = std::chrono::steady_clock;

Error error_of(Transport& transport, const Request& request) {
  try {
    const Response response = transport.send(request);
    ADD_FAILURE() << "answered " << response.status;
    return Error{ErrorCode::internal, "no error"};
  } catch (const Error& error) {
    return error;
  }
}

TEST(HttpTransport, SendsTheRequestAndReadsTheResponse) {
  LoopbackServer server;
  server.then(testing::answer(201, "made", {{"X-Id", "7"}}));
  HttpTransport transport{{.user_agent = "pcx/test"}};
  const Response response = transport.send({.method = "POST",
                                            .url = server.url("/a?b=c"),
                                            .headers{{"Content-Type", "application/json"}},
                                            .body = "{}"});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "made");
  EXPECT_EQ(*response.header("x-id"), "7");

  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/a?b=c");
  EXPECT_EQ(requests[0].header("Host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(requests[0].header("Content-Type"), "application/json");
  EXPECT_EQ(requests[0].header("User-Agent"), "pcx/test");
  EXPECT_EQ(requests[0].body, "{}");
}

TEST(HttpTransport, TakesErrorStatusesAndRedirectsAsValues) {
  LoopbackServer server;
  HttpTransport transport{{}};
  for (const int status : {429, 500, 503, 404}) {
    server.then(testing::answer(status, "why"));
    EXPECT_EQ(transport.send({.url = server.url()}).status, status);
  }
  server.then(testing::answer(302, "", {{"Location", server.url("/elsewhere")}}));
  EXPECT_EQ(transport.send({.url = server.url()}).status, 302);
  EXPECT_EQ(server.requests().size(), 5u);
}

TEST(HttpTransport, ReadsChunksAndLargeBodies) {
  LoopbackServer server;
  HttpTransport transport{{}};
  server.then(testing::chunked({"one ", "two ", std::string(100'000, 'x')}));
  EXPECT_EQ(transport.send({.url = server.url()}).body, "one two " + std::string(100'000, 'x'));
  const std::string large(3'000'000, 'y');
  server.then(testing::answer(200, large));
  EXPECT_EQ(transport.send({.method = "PUT", .url = server.url(), .body = large}).body, large);
  EXPECT_EQ(server.requests().at(1).body, large);
}

TEST(HttpTransport, ReadsUntilTheEndWhenThereIsNoLength) {
  LoopbackServer server;
  server.then(testing::raw("HTTP/1.0 200 OK\r\n\r\nto the end"));
  HttpTransport transport{{}};
  EXPECT_EQ(transport.send({.url = server.url()}).body, "to the end");
}

TEST(HttpTransport, ExpectsNoBodyAfterHead) {
  LoopbackServer server;
  server.then(testing::raw("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"));
  HttpTransport transport{{}};
  EXPECT_EQ(transport.send({.method = "HEAD", .url = server.url()}).status, 200);
}

TEST(HttpTransport, CallsNamesAndIpv6Addresses) {
  HttpTransport transport{{}};
  LoopbackServer named;
  EXPECT_EQ(transport.send({.url = named.url("/", "localhost")}).status, 200);
  LoopbackServer ipv6{std::nullopt, "::1"};
  EXPECT_EQ(transport.send({.url = ipv6.url()}).status, 200);
  EXPECT_EQ(ipv6.requests().at(0).header("Host"), "[::1]:" + std::to_string(ipv6.port()));
}

struct Failing {
  const char* title;
  testing::Script script;
  const char* reason;
};

void PrintTo(const Failing& failing, std::ostream* out) { *out << failing.title; }

class HttpTransportFails : public ::testing::TestWithParam<Failing> {};

TEST_P(HttpTransportFails, WithAReasonAndWithoutTheQuery) {
  LoopbackServer server;
  server.then(GetParam().script);
  HttpTransport transport{{.total_timeout = 300ms, .limits{.body_bytes_max = 1000}}};
  const auto began = Clock::now();
  const Error error = error_of(transport, {.url = server.url("/hook/s3cret?token=s3cret")});
  EXPECT_LT(Clock::now() - began, 2s);
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_EQ(error.reason(), GetParam().reason) << error.what();
  EXPECT_THAT(error.what(), StartsWith(server.url("")));
  EXPECT_THAT(std::string{error.what()} + error.hint(), Not(HasSubstr("s3cret")));
  EXPECT_TRUE(server.wait_for_requests(1));
}

INSTANTIATE_TEST_SUITE_P(
    Servers, HttpTransportFails,
    ::testing::Values(
        Failing{"hangs", testing::hang(), "timeout"},
        Failing{"trickles", testing::trickle(testing::answer(200, "slow").bytes, 30ms), "timeout"},
        Failing{"resets", testing::reset(), "reset"},
        Failing{"resets half way", testing::reset("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
                "reset"},
        Failing{"closes", testing::raw(""), "truncated"},
        Failing{"closes half way", testing::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
                "truncated"},
        Failing{"is no HTTP", testing::trickle("220 smtp.example.org\r\n", 1ms), "protocol"},
        Failing{"bad header", testing::raw("HTTP/1.1 200 OK\r\nbad header\r\n\r\n"), "protocol"},
        Failing{"long body", testing::answer(200, std::string(1001, 'x')), "too_large"},
        Failing{"long chunked body", testing::chunked({std::string(1001, 'x')}), "too_large"},
        Failing{"long header", testing::answer(200, "", {{"X", std::string(70'000, 'x')}}),
                "too_large"}));

TEST(HttpTransport, SaysThatNobodyListens) {
  std::string url;
  {
    LoopbackServer gone;
    url = gone.url("/?token=s3cret");
  }
  HttpTransport transport{{}};
  const Error error = error_of(transport, {.url = url});
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_EQ(error.reason(), "connect");
  EXPECT_THAT(error.what(), HasSubstr("connecting failed: Connection refused"));
}

TEST(HttpTransport, SaysThatANameDoesNotExist) {
  HttpTransport transport{{.connect_timeout = 2s}};
  const Error error = error_of(transport, {.url = "http://no-such-host.invalid/?token=s3cret"});
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_THAT(error.reason(), ::testing::AnyOf("resolve", "timeout"));
  EXPECT_THAT(error.what(), StartsWith("http://no-such-host.invalid: the name "));
}

TEST(HttpTransport, RefusesWhatCannotBeSent) {
  HttpTransport transport{{}};
  EXPECT_EQ(error_of(transport, {.url = "ftp://h/"}).code(), ErrorCode::data);
  EXPECT_EQ(error_of(transport, {.method = "", .url = "http://h/"}).code(), ErrorCode::data);
}

TEST(HttpTransport, EndsSoonWhenAStopIsRequested) {
  LoopbackServer server;
  server.then(testing::hang());
  Interrupt interrupt;
  HttpTransport transport{{}, &interrupt};
  std::thread operator_at_the_keyboard{[&] {
    server.wait_for_requests(1);
    interrupt.request(Interrupt::Signal::interrupt);
  }};
  const auto began = Clock::now();
  EXPECT_EQ(error_of(transport, {.url = server.url()}).code(), ErrorCode::interrupted);
  EXPECT_LT(Clock::now() - began, 2s);  // far below the time limit of 30 s
  operator_at_the_keyboard.join();
  EXPECT_EQ(error_of(transport, {.url = server.url()}).code(), ErrorCode::interrupted);
  EXPECT_EQ(server.requests().size(), 1u) << "nothing new is started after a stop";
}

class HttpTransportTls : public ::testing::Test {
 protected:
  HttpTransportTls() { write_file_atomically(ca_file_, authority_.certificate_pem(), 0600); }

  HttpTransport trusting(std::chrono::milliseconds total_timeout = 30s) {
    return HttpTransport{{.ca_file = ca_file_, .total_timeout = total_timeout}};
  }

  void expect_refused(LoopbackServer& server, const std::string& reason) {
    HttpTransport transport = trusting();
    const Error error = error_of(transport, {.url = server.url("/?token=s3cret")});
    EXPECT_EQ(error.code(), ErrorCode::unreachable);
    EXPECT_EQ(error.reason(), "tls") << error.what();
    EXPECT_EQ(std::string{error.what()}, server.url("") + ": no TLS: " + reason);
    EXPECT_THAT(error.hint(), StartsWith("Check the server's certificate"));
    EXPECT_TRUE(server.requests().empty()) << "a request left before the server was verified";
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path ca_file_ = folder_.path() / "ca.pem";
  CertificateAuthority authority_;
};

TEST_F(HttpTransportTls, TrustsTheGivenAuthority) {
  LoopbackServer server{authority_.issue("DNS:localhost,IP:127.0.0.1")};
  HttpTransport transport = trusting();
  server.then(testing::answer(200, "over TLS"));
  EXPECT_EQ(transport.send({.url = server.url("/", "localhost")}).body, "over TLS");
  server.then(testing::chunked({"twice"}));
  EXPECT_EQ(transport.send({.url = server.url()}).body, "twice");
  server.then(testing::raw("HTTP/1.0 200 OK\r\n\r\nto the end"));
  EXPECT_EQ(transport.send({.url = server.url()}).body, "to the end");
}

TEST_F(HttpTransportTls, RefusesAnUnknownAuthority) {
  CertificateAuthority other;
  LoopbackServer server{other.issue("IP:127.0.0.1")};
  expect_refused(server, "the certificate was refused: unable to get local issuer certificate");
}

TEST_F(HttpTransportTls, RefusesASelfSignedCertificate) {
  LoopbackServer server{CertificateAuthority::self_signed("IP:127.0.0.1")};
  expect_refused(server, "the certificate was refused: self-signed certificate");
}

TEST_F(HttpTransportTls, DoesNotTrustThisAuthorityByDefault) {
  LoopbackServer server{authority_.issue("IP:127.0.0.1")};
  HttpTransport transport{{}};
  EXPECT_EQ(error_of(transport, {.url = server.url()}).reason(), "tls");
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpTransportTls, RefusesACertificateForAnotherHost) {
  LoopbackServer other_address{authority_.issue("DNS:localhost,IP:127.0.0.2")};
  expect_refused(other_address, "the certificate was refused: IP address mismatch");

  LoopbackServer other_name{authority_.issue("DNS:example.org,IP:127.0.0.1")};
  HttpTransport transport = trusting();
  const Error error = error_of(transport, {.url = other_name.url("/", "localhost")});
  EXPECT_THAT(error.what(), HasSubstr("the certificate was refused: hostname mismatch"));
  EXPECT_TRUE(other_name.requests().empty());
}

TEST_F(HttpTransportTls, RefusesCertificatesOutOfTheirTime) {
  LoopbackServer expired{authority_.issue("IP:127.0.0.1", {.begins = -48h, .ends = -24h})};
  expect_refused(expired, "the certificate was refused: certificate has expired");
  LoopbackServer early{authority_.issue("IP:127.0.0.1", {.begins = 24h, .ends = 48h})};
  expect_refused(early, "the certificate was refused: certificate is not yet valid");
}

TEST_F(HttpTransportTls, RefusesVersionsBefore1_2) {
  LoopbackServer server{authority_.issue("IP:127.0.0.1"), "127.0.0.1", "TLSv1.1"};
  HttpTransport transport = trusting();
  const Error error = error_of(transport, {.url = server.url()});
  EXPECT_EQ(error.reason(), "tls") << error.what();
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(HttpTransportTls, RefusesAServerWithoutTls) {
  LoopbackServer plain;
  HttpTransport transport = trusting(300ms);
  const std::string url = "https://127.0.0.1:" + std::to_string(plain.port());
  EXPECT_THAT(error_of(transport, {.url = url}).reason(), ::testing::AnyOf("tls", "timeout"));
}

TEST_F(HttpTransportTls, NoticesACutConnection) {
  LoopbackServer server{authority_.issue("IP:127.0.0.1")};
  server.then(testing::cut_off("HTTP/1.0 200 OK\r\n\r\nhalf of the tru"));
  HttpTransport transport = trusting();
  EXPECT_EQ(error_of(transport, {.url = server.url()}).reason(), "truncated");
}

TEST_F(HttpTransportTls, KeepsItsTimeLimit) {
  LoopbackServer server{authority_.issue("IP:127.0.0.1")};
  server.then(testing::hang());
  HttpTransport transport = trusting(300ms);
  const auto began = Clock::now();
  EXPECT_EQ(error_of(transport, {.url = server.url()}).reason(), "timeout");
  EXPECT_LT(Clock::now() - began, 2s);
}

TEST_F(HttpTransportTls, EndsSoonWhenAStopIsRequested) {
  LoopbackServer server{authority_.issue("IP:127.0.0.1")};
  server.then(testing::hang());
  Interrupt interrupt;
  HttpTransport transport{{.ca_file = ca_file_}, &interrupt};
  std::thread service_manager{[&] {
    server.wait_for_requests(1);
    interrupt.request(Interrupt::Signal::terminate);
  }};
  EXPECT_EQ(error_of(transport, {.url = server.url()}).code(), ErrorCode::terminated);
  service_manager.join();
}

TEST_F(HttpTransportTls, NamesACaFileThatCannotBeUsed) {
  write_file_atomically(ca_file_, "no certificate", 0600);
  for (const auto& path : {ca_file_, folder_.path() / "missing.pem"}) {
    try {
      HttpTransport transport{{.ca_file = path}};
      FAIL() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::config);
      EXPECT_THAT(error.what(), HasSubstr(path.string()));
    }
  }
}

}  // namespace
}  // namespace pcx::http
