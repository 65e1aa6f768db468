#include "load/encoder.h"
#include "tests/load/run.h"
#include "tests/support/certificate.h"
#include "tests/support/loopback_server.h"

namespace pcx::load {
namespace {

using std::chrono::milliseconds;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RunConnections : public Runs {
 protected:
  // A flow for a server that does what no target does.
  void run_against(const pcx::testing::LoopbackServer& server, const std::string& flow,
                   const std::string& config = {}) {
    run(plan_of(script_of(server.url(""), users(1) + config, flow)));
  }
};

TEST_F(RunConnections, StayWithTheirUser) {
  run("      - get: {url: /a}\n      - post: {url: /b, json: {c: 1}}\n      - head: {url: /d}\n"
      "      - get: {url: /e}\n");
  EXPECT_EQ(count("vusers.completed"), 1);
  EXPECT_EQ(target.connections(), 1);
  EXPECT_THAT(target.lines(), ElementsAre("GET /a", "POST /b", "HEAD /d", "GET /e"));
  EXPECT_EQ(summary_of(result, "pcx.connect").count(), 1);
}

TEST_F(RunConnections, AreEachUsersOwn) {
  run("      - get: {url: /a}\n      - get: {url: /b}\n", users(5));
  EXPECT_EQ(count("vusers.completed"), 5);
  EXPECT_EQ(target.connections(), 5);
  EXPECT_EQ(count("http.requests"), 10);
}

TEST_F(RunConnections, AreOpenedAnewWhereTheServerCloses) {
  run("      - get: {url: /close}\n      - get: {url: /a}\n      - get: {url: /chunked/2}\n");
  EXPECT_EQ(errors(), "");
  EXPECT_EQ(count("vusers.completed"), 1);
  EXPECT_EQ(target.connections(), 2);
}

// The end of an idle connection is seen while its user thinks; nothing has to be sent twice.
TEST_F(RunConnections, AreOpenedAnewWhenTheServerHasLeft) {
  run("      - get: {url: /leave}\n      - think: 200ms\n      - get: {url: /a}\n");
  EXPECT_EQ(errors(), "");
  EXPECT_EQ(count("vusers.completed"), 1);
  EXPECT_EQ(target.connections(), 2);
}

// Artillery never repeats a request: it may have been done.
TEST_F(RunConnections, AreNotTriedTwice) {
  run("      - get: {url: /a}\n      - post: {url: /reset, json: {pay: 1}}\n"
      "      - get: {url: /never}\n");
  EXPECT_EQ(errors(), "ECONNRESET: 1");
  EXPECT_EQ(count("vusers.failed"), 1);
  EXPECT_THAT(target.lines(), ElementsAre("GET /a", "POST /reset"));
  EXPECT_EQ(count("plugins.metrics-by-endpoint./reset.errors.ECONNRESET"), 1);
}

TEST_F(RunConnections, MayBreakInTheMiddleOfABody) {
  run("      - get: {url: /cut}\n");
  EXPECT_EQ(errors(), "ECONNRESET: 1");
  EXPECT_EQ(codes(), "200: 1");  // its head has come
}

// Bytes that are no HTTP are no answer: what was never answered is not to be judged.
TEST_F(RunConnections, NeedAServerThatSpeaksHttp) {
  std::string hints;
  for (int i = 0; i < 10; ++i) hints += "HTTP/1.1 100 Continue\r\n\r\n";
  for (const std::string& bytes :
       {std::string{"SSH-2.0-OpenSSH_9.2p1\r\n"}, hints,
        std::string{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"},
        "HTTP/1.1 200 OK\r\nx: " + std::string(200'000, 'x')}) {
    pcx::testing::LoopbackServer server;
    server.then(pcx::testing::raw(bytes));
    run_against(server, "      - get: {url: /a}\n");
    EXPECT_THAT(errors(), HasSubstr("HPE_")) << bytes.substr(0, 40);
    EXPECT_EQ(codes(), "") << bytes.substr(0, 40);
    EXPECT_EQ(count("http.responses"), 0);
    EXPECT_EQ(result.verdict.grade, Grade::invalid);
  }
}

// What it takes to decode a body that came with its head is not the target's time.
TEST_F(RunConnections, MeasureBytesWhenTheyCome) {
  const std::string body = "{\"a\": \"" + std::string(12'000'000, 'x') + "\"}";
  pcx::testing::LoopbackServer server;
  server.then(pcx::testing::answer(200, encode("gzip", body), {{"Content-Encoding", "gzip"}}));
  run_against(server, "      - get: {url: /a, capture: {json: $.a, as: a}}\n");
  EXPECT_EQ(count("vusers.completed"), 1);
  const std::int64_t session = summary_of(result, "vusers.session_length").max();
  EXPECT_LT(summary_of(result, "pcx.latency").max(), session / 2);
}

TEST_F(RunConnections, TimeOut) {
  run("      - get: {url: /hang}\n      - get: {url: /never}\n", "  http: {timeout: 0.2}\n");
  EXPECT_EQ(errors(), "ETIMEDOUT: 1");
  EXPECT_EQ(count("vusers.failed"), 1);
  EXPECT_THAT(target.lines(), ElementsAre("GET /hang"));
  // What was given up is a latency that a user has seen; Artillery leaves it out.
  EXPECT_EQ(summary_of(result, "pcx.latency").count(), 1);
  EXPECT_GE(summary_of(result, "pcx.latency").min(), 200'000);
  EXPECT_EQ(summary_of(result, "http.response_time").count(), 0);
}

// As Artillery's, the time-out ends with the head.
TEST_F(RunConnections, MayTakeLongWithABody) {
  run("      - get: {url: /slow/1200}\n      - get: {url: /b}\n", "  http: {timeout: 1}\n");
  EXPECT_EQ(errors(), "");
  EXPECT_EQ(count("vusers.completed"), 1);
  EXPECT_GE(summary_of(result, "pcx.latency").max(), 1'200'000);
}

TEST_F(RunConnections, MayBeRefused) {
  const std::uint16_t port = [] {
    TargetServer gone{{}};
    return gone.port();
  }();
  const std::string nobody = "http://127.0.0.1:" + std::to_string(port);
  run(plan_of(script_of(nobody, users(3), "      - get: {url: /a}\n")));
  EXPECT_EQ(errors(), "ECONNREFUSED: 3");
  EXPECT_EQ(count("vusers.failed"), 3);
  EXPECT_EQ(result.verdict.grade, Grade::invalid);  // nothing was answered
}

TEST_F(RunConnections, NeedAHost) {
  run("      - get: {url: \"http://{{ host }}/a\"}\n", "  variables: {host: nowhere.test}\n");
  EXPECT_EQ(errors(), "ENOTFOUND: 1");
  run("      - get: {url: \"{{ nothing }}\"}\n");
  EXPECT_EQ(errors(), "Invalid URL - undefined: 1");
  run("      - get: {url: \"http://{{ host }}/a\"}\n", "  variables: {host: a b}\n");
  EXPECT_EQ(errors(), "Invalid URL - http://a b/a: 1");
  const Plan nowhere =
      plan_of(script_of("http://nowhere.test", users(1), "      - get: {url: /}\n"));
  EXPECT_THROW(run(nowhere), Error);
  EXPECT_THAT(target.lines(), ElementsAre());
}

TEST_F(RunConnections, AreSharedFromAPool) {
  run("      - get: {url: /delay/20}\n      - get: {url: /delay/20}\n",
      users(10) + "  http: {pool: 2}\n");
  EXPECT_EQ(count("vusers.completed"), 10);
  EXPECT_EQ(count("http.codes.200"), 20);
  EXPECT_EQ(target.connections(), 2);
}

TEST_F(RunConnections, OfAPoolAreNoMoreWithManyShards) {
  options.shards = 3;
  for (const int size : {1, 2}) {
    const std::int64_t before = target.connections();
    run("      - get: {url: /delay/5}\n",
        users(12) + "  http: {pool: " + std::to_string(size) + "}\n");
    EXPECT_EQ(count("vusers.completed"), 12);
    EXPECT_EQ(target.connections() - before, size);
  }
}

TEST_F(RunConnections, OfAPoolAreReplaced) {
  run("      - get: {url: /close}\n      - get: {url: /a}\n", users(6) + "  http: {pool: 1}\n");
  EXPECT_EQ(count("vusers.completed"), 6);
  EXPECT_EQ(count("http.codes.200"), 12);
  run("      - get: {url: /reset}\n", users(6) + "  http: {pool: 2}\n");
  EXPECT_EQ(errors(), "ECONNRESET: 6");
  run("      - get: {url: /hang}\n", users(6) + "  http: {pool: 2, timeout: 0.1}\n");
  EXPECT_EQ(errors(), "ETIMEDOUT: 6");
}

TEST_F(RunConnections, CarryMuch) {
  run("      - get: {url: /bytes/5000000}\n");
  EXPECT_EQ(count("http.downloaded_bytes"), 5'000'000);
  run("      - get: {url: /chunked/10000}\n");
  EXPECT_EQ(codes(), "200: 1");
}

TEST_F(RunConnections, SendMuch) {
  const std::string text(8'000'000, 'x');
  const Plan plan = plan_of(
      script_of(target.url(), users(1) + "  variables: {text: \"{{ $randomString(10) }}\"}\n",
                "      - post: {url: /mirror, body: \"" + text + "\"}\n"));
  run(plan);
  EXPECT_EQ(count("vusers.completed"), 1);
  EXPECT_EQ(count("http.downloaded_bytes"), 8'000'000);
}

TEST_F(RunConnections, MayBeSecure) {
  pcx::testing::CertificateAuthority authority;
  pcx::testing::LoopbackServer server{authority.issue("IP:127.0.0.1")};
  const pcx::testing::TemporaryFolder folder;
  const std::string file = folder.write("authority.pem", authority.certificate_pem());
  const auto secure = [&](const std::string& tls) {
    for (int i = 0; i < 2; ++i) server.then(pcx::testing::answer(200, "{}"));
    return plan_of(script_of("https://127.0.0.1:" + std::to_string(server.port()),
                             users(2) + "  tls: {" + tls + "}\n", "      - get: {url: /a}\n"));
  };
  run(secure("certificateAuthority: " + file));
  EXPECT_EQ(errors(), "");
  EXPECT_EQ(codes(), "200: 2");
  EXPECT_EQ(summary_of(result, "pcx.tls").count(), 2);
  run(secure("rejectUnauthorized: false"));
  EXPECT_EQ(codes(), "200: 2");
  run(secure("rejectUnauthorized: true"));
  EXPECT_EQ(errors(), "UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 2");
}

// --- parallel

constexpr const char* kThreeAtOnce =
    "      - parallel:\n          - get: {url: /delay/50}\n          - get: {url: /delay/51}\n"
    "          - get: {url: /delay/52}\n";

TEST_F(RunConnections, AreSeveralForParallelSteps) {
  run(std::string{kThreeAtOnce} + "      - get: {url: /last}\n");
  EXPECT_EQ(count("vusers.completed"), 1);
  EXPECT_EQ(target.connections(), 3);
  EXPECT_EQ(target.lines().back(), "GET /last");
  EXPECT_EQ(count("http.codes.200"), 4);
}

TEST_F(RunConnections, AreNoMoreThanTheLimit) {
  run(std::string{kThreeAtOnce} + "        limit: 2\n");
  EXPECT_EQ(target.connections(), 2);
  EXPECT_EQ(count("http.codes.200"), 3);
}

TEST_F(RunConnections, AreOneInStrictRuns) {
  options.strict = true;
  run(plan(kThreeAtOnce, {}, {.strict = true}));
  EXPECT_EQ(count("vusers.completed"), 1);
  EXPECT_EQ(target.connections(), 1);
  EXPECT_THAT(target.lines(), ElementsAre("GET /delay/50", "GET /delay/51", "GET /delay/52"));
}

TEST_F(RunConnections, OfParallelStepsEndWithTheirUser) {
  run("      - parallel:\n          - get: {url: /hang}\n          - get: {url: /reset}\n"
      "          - get: {url: /hang}\n      - get: {url: /never}\n",
      users(3));
  EXPECT_EQ(errors(), "aborted: 6, ECONNRESET: 3");  // the requests of the other branches
  EXPECT_EQ(summary_of(result, "pcx.latency").count(), 9);
  EXPECT_EQ(count("vusers.failed"), 3);
  EXPECT_THAT(target.lines(), Each(AnyOf(HasSubstr("/hang"), HasSubstr("/reset"))));
}

TEST_F(RunConnections, OfParallelStepsAreUsedAgain) {
  run("      - loop:\n          - parallel:\n              - get: {url: /delay/20}\n"
      "              - get: {url: /delay/20}\n          - parallel:\n"
      "              - get: {url: /a}\n              - get: {url: /b}\n"
      "              - get: {url: /c}\n            limit: 2\n        count: 5\n");
  EXPECT_EQ(count("vusers.completed"), 1);
  EXPECT_EQ(count("http.codes.200"), 25);
  EXPECT_EQ(target.connections(), 2);
}

TEST_F(RunConnections, OfParallelStepsShareAPool) {
  run(kThreeAtOnce, users(4) + "  http: {pool: 2}\n");
  EXPECT_EQ(count("vusers.completed"), 4);
  EXPECT_EQ(target.connections(), 2);
}

}  // namespace
}  // namespace pcx::load
