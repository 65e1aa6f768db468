#include "load/target_server.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

#include <gmock/gmock.h>

#include "core/json.h"
#include "load/decoder.h"
#include "load/target_request.h"
#include "tests/load/raw_client.h"
#include "tests/load/target.h"
#include "tests/support/errors.h"

namespace pcx::load {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kOk = "{\"ok\":true}";
constexpr const char* kNotOk = "{\"ok\":false}";

class TargetServers : public ::testing::Test {
 protected:
  // The answer to a GET on a connection of its own.
  RawAnswer get(const std::string& path, const std::string& headers = {}) {
    return RawClient{target.port()}.get(path, headers);
  }
  RawAnswer post(const std::string& path, const std::string& body,
                 const std::string& type = "text/plain") {
    return RawClient{target.port()}.ask(
        "POST " + path + " HTTP/1.1\r\nHost: t\r\nContent-Type: " + type +
        "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  // The status of the only answer, behind which the connection is closed.
  int refusal_of(const std::string& bytes) {
    RawClient client{target.port()};
    client.send(bytes);
    const RawAnswer answer = client.read();
    EXPECT_EQ(answer.header("connection"), "close") << bytes.substr(0, 60);
    EXPECT_EQ(client.read_to_end(), "");
    return answer.status;
  }

  Target target;
};

TEST_F(TargetServers, AnswerManyTimesOnAConnection) {
  RawClient client{target.port()};
  for (const char* path : {"/", "/anything", "/status", "/any/thing?delay=1"}) {
    const RawAnswer answer = client.get(path);
    EXPECT_EQ(answer.body, answer.status == 200 ? kOk : kNotOk);
    EXPECT_EQ(answer.header("content-type"), "application/json");
  }
  EXPECT_EQ(target.connections(), 1);
  EXPECT_THAT(target.lines(),
              ElementsAre("GET /", "GET /anything", "GET /status", "GET /any/thing?delay=1"));
}

TEST_F(TargetServers, AnswerInTheOrderOfRequestsThatComeTogether) {
  RawClient client{target.port()};
  std::string together;
  for (const char* path : {"/status/201", "/delay/20", "/status/202", "/bytes/3", "/status/203"}) {
    together += std::string{"GET "} + path + " HTTP/1.1\r\nHost: t\r\n\r\n";
  }
  EXPECT_TRUE(client.send(together));
  for (const int status : {201, 200, 202, 200, 203}) EXPECT_EQ(client.read().status, status);
}

TEST_F(TargetServers, ReadRequestsInPieces) {
  RawClient client{target.port()};
  const std::string request = "POST /mirror HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello";
  for (const char byte : request) client.send({&byte, 1});
  EXPECT_EQ(client.read().body, "hello");
}

TEST_F(TargetServers, AnswerWithTheStatusThatIsAskedFor) {
  EXPECT_EQ(get("/status/503").status, 503);
  EXPECT_EQ(get("/status/503").body, kNotOk);
  EXPECT_EQ(get("/status/201").body, kOk);
  EXPECT_EQ(get("/status/304").header("content-length"), "");
  for (const char* path :
       {"/status/199", "/status/600", "/status/ten", "/status/-1", "/delay/x", "/bytes/99999999",
        "/redirect/x", "/redirect?to=", "/redirect/1?status=200", "/cookie/name", "/header//x",
        "/encoded/rar", "/chunked/-1"}) {
    EXPECT_EQ(get(path).status, 400) << path;
  }
}

TEST_F(TargetServers, AnswerWithSoManyBytes) {
  EXPECT_EQ(get("/bytes/0").body, "");
  EXPECT_EQ(get("/bytes/5").body, "xxxxx");
  // More than the socket's buffers hold.
  EXPECT_EQ(get("/bytes/16000000").body, std::string(16'000'000, 'x'));
}

TEST_F(TargetServers, AnswerAfterADelay) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(get("/delay/50").body, kOk);
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds{50});
}

TEST_F(TargetServers, AnswerWithADelayedBody) {
  EXPECT_EQ(get("/slow/20").body, kOk);
  RawClient client{target.port()};
  EXPECT_TRUE(client.send("GET /slow/3600000 HTTP/1.1\r\nHost: t\r\n\r\n"));
  EXPECT_EQ(client.read(/*has_body=*/false).header("content-length"), "11");
  EXPECT_TRUE(client.is_silent());
}

TEST_F(TargetServers, EchoWhatTheyWereAsked) {
  const Document echo = parse_json(RawClient{target.port()}
                                       .ask("PUT /echo/a?b=c HTTP/1.1\r\nHost: t\r\nX-Two: a, "
                                            "\tb\r\nContent-Length: 2\r\n\r\n\"\\")
                                       .body,
                                   "echo");
  EXPECT_EQ(*echo.find("method")->text(), "PUT");
  EXPECT_EQ(*echo.find("target")->text(), "/echo/a?b=c");
  EXPECT_EQ(*echo.find("headers")->find("x-two")->text(), "a, \tb");
  EXPECT_EQ(*echo.find("body")->text(), "\"\\");
}

TEST_F(TargetServers, MirrorABody) {
  const RawAnswer answer = post("/mirror", "{\"a\":[1]}", "application/vnd.api+json");
  EXPECT_EQ(answer.body, "{\"a\":[1]}");
  EXPECT_EQ(answer.header("content-type"), "application/vnd.api+json");
}

TEST_F(TargetServers, Redirect) {
  EXPECT_EQ(get("/redirect/2").status, 302);
  EXPECT_EQ(get("/redirect/2").header("location"), "/redirect/1");
  EXPECT_EQ(get("/redirect/1?status=307").header("location"), "/redirect/0?status=307");
  EXPECT_THAT(get("/redirect/0").body, HasSubstr("\"method\":\"GET\""));
  const RawAnswer there = get("/redirect?to=http%3A%2F%2Fa.test%2Fb%3Fc&status=308");
  EXPECT_EQ(there.status, 308);
  EXPECT_EQ(there.header("location"), "http://a.test/b?c");
  EXPECT_EQ(get("/redirect?to=%0d%0aevil:%20x").status, 400);
}

TEST_F(TargetServers, SetCookiesAndHeaders) {
  EXPECT_EQ(get("/cookie/sid/abc").header("set-cookie"), "sid=abc; path=/");
  EXPECT_EQ(get("/header/x-request-id/17").header("x-request-id"), "17");
}

TEST_F(TargetServers, LetInWhoHasLoggedIn) {
  EXPECT_EQ(get("/login").status, 405);
  EXPECT_EQ(get("/private").status, 401);
  const std::string token =
      *parse_json(post("/login", "user=a").body, "login").find("token")->text();
  EXPECT_EQ(*parse_json(post("/login", "user=a").body, "login").find("token")->text(), token);
  EXPECT_NE(*parse_json(post("/login", "user=b").body, "login").find("token")->text(), token);
  EXPECT_EQ(get("/private", "Authorization: Bearer " + token + "\r\n").body, kOk);
  EXPECT_EQ(get("/private", "Authorization: Basic " + token + "\r\n").status, 401);
  std::string other = token;
  other[3] = other[3] == 'a' ? 'b' : 'a';
  EXPECT_EQ(get("/private", "Authorization: Bearer " + other + "\r\n").status, 401);
}

TEST_F(TargetServers, EncodeBodies) {
  for (const char* name : {"gzip", "deflate", "br", "zstd", "identity"}) {
    const std::string encoding = name;
    const RawAnswer answer = get("/encoded/" + encoding);
    EXPECT_EQ(answer.header("content-encoding"), encoding);
    Decoder decoder;
    std::string text;
    ASSERT_TRUE(decoder.begin(encoding));
    EXPECT_EQ(decoder.put(answer.body, text, 1'000), Decoder::State::fine);
    EXPECT_TRUE(decoder.is_complete());
    EXPECT_EQ(text, "{\"ok\":true,\"encoding\":\"" + encoding + "\"}");
  }
}

TEST_F(TargetServers, SendChunks) {
  EXPECT_EQ(get("/chunked/0").body, "");
  EXPECT_EQ(get("/chunked/3").body, "chunk 0\nchunk 1\nchunk 2\n");
}

TEST_F(TargetServers, AnswerHeadWithoutABody) {
  RawClient client{target.port()};
  const std::string rest = " HTTP/1.1\r\nHost: t\r\n\r\n";
  EXPECT_EQ(client.ask("HEAD /" + rest, false).header("content-length"), "11");
  EXPECT_EQ(client.ask("HEAD /bytes/7" + rest, false).header("content-length"), "7");
  EXPECT_EQ(client.ask("HEAD /chunked/7" + rest, false).header("transfer-encoding"), "chunked");
  EXPECT_EQ(client.ask("HEAD /status/204" + rest, false).status, 204);
  EXPECT_EQ(client.get("/status/202").status, 202);
}

TEST_F(TargetServers, CloseWhenAsked) {
  for (const char* headers : {"Connection: close\r\n", "connection: Close\r\n"}) {
    RawClient client{target.port()};
    EXPECT_EQ(client.get("/", headers).header("connection"), "close");
    EXPECT_EQ(client.read_to_end(), "");
  }
  RawClient old{target.port()};
  EXPECT_EQ(old.ask("GET / HTTP/1.0\r\n\r\n").header("connection"), "close");
  EXPECT_EQ(old.read_to_end(), "");
  RawClient lasting{target.port()};
  const std::string request = "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
  EXPECT_EQ(lasting.ask(request).header("connection"), "keep-alive");
  EXPECT_EQ(lasting.ask(request).body, kOk);
}

TEST_F(TargetServers, CloseInManyWays) {
  RawClient closes{target.port()};
  EXPECT_EQ(closes.get("/close").header("connection"), "close");
  EXPECT_EQ(closes.read_to_end(), "");
  RawClient leaves{target.port()};
  EXPECT_EQ(leaves.get("/leave").header("connection"), "");
  EXPECT_EQ(leaves.read_to_end(), "");
  EXPECT_FALSE(leaves.was_reset());
  RawClient cuts{target.port()};
  const RawAnswer half = cuts.get("/cut");
  EXPECT_EQ(half.header("content-length"), "100");
  EXPECT_EQ(half.body, "{\"ok\":");
  RawClient resets{target.port()};
  EXPECT_EQ(resets.get("/reset").status, 0);
  EXPECT_TRUE(resets.was_reset());
}

TEST_F(TargetServers, HangWithoutHoldingUpOthers) {
  RawClient hangs{target.port()};
  hangs.send("GET /hang HTTP/1.1\r\nHost: t\r\n\r\n");
  while (target.requests().empty()) std::this_thread::yield();
  EXPECT_EQ(get("/").body, kOk);
  EXPECT_TRUE(hangs.is_silent());
}

TEST_F(TargetServers, AnswerWhoHasEndedHisSide) {
  RawClient client{target.port()};
  client.send(
      "GET /delay/20 HTTP/1.1\r\nHost: t\r\n\r\nGET /status/202 HTTP/1.1\r\nHost: t\r\n\r\n");
  client.end();
  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(client.read().status, 202);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(TargetServers, RefuseWhatIsNoRequest) {
  const std::string host = "Host: t\r\n";
  for (const std::string& head :
       {std::string{"GET /\r\n" + host}, "GET / HTTP/1.1 \r\n" + host, "GET  HTTP/1.1\r\n" + host,
        "GET /a\tb HTTP/1.1\r\n" + host, "G(T / HTTP/1.1\r\n" + host, " GET / HTTP/1.1\r\n" + host,
        "GET / http/1.1\r\n" + host, std::string{"GET / HTTP/1.1\r\n"},
        "GET / HTTP/1.1\r\n" + host + host, "GET / HTTP/1.1\r\n" + host + "no colon\r\n",
        "GET / HTTP/1.1\r\n" + host + "a : b\r\n", "GET / HTTP/1.1\r\n" + host + "a: b\r\n c\r\n",
        "GET / HTTP/1.1\r\n" + host + "a: b\nc: d\r\n", "GET / HTTP/1.1\n" + host,
        "POST / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n",
        "POST / HTTP/1.1\r\n" + host + "Content-Length: \r\n",
        "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n"}) {
    EXPECT_EQ(refusal_of(head + "\r\n"), 400) << head;
  }
  EXPECT_EQ(refusal_of("GET / HTTP/2.0\r\nHost: t\r\n\r\n"), 505);
  EXPECT_EQ(refusal_of("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            411);
  EXPECT_THAT(target.requests(), ElementsAre());
}

TEST_F(TargetServers, RefuseWhatIsTooLarge) {
  const std::string long_line(kTargetHeadBytesMax, 'a');
  EXPECT_EQ(refusal_of("GET /" + long_line), 431);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: t\r\nA: " + long_line + "\r\n\r\n"), 431);
  const std::string begin = "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: ";
  EXPECT_EQ(refusal_of(begin + "16777217\r\n\r\n"), 413);
  EXPECT_EQ(refusal_of(begin + "99999999999999999999999\r\n\r\n"), 413);
  // Whoever is still sending gets his answer, too.
  EXPECT_EQ(refusal_of(begin + "16777217\r\n\r\n" + std::string(1'000'000, 'x')), 413);
  const std::string whole(kTargetBodyBytesMax, 'x');
  EXPECT_EQ(post("/mirror", whole).body.size(), whole.size());
}

// --- Options

TEST(TargetServerOptions, SpreadErrorsEvenly) {
  Target target{{.error_share = 0.3}};
  RawClient client{target.port()};
  std::string statuses;
  for (int i = 0; i < 20; ++i) statuses += client.get("/x").status == 500 ? '5' : '.';
  EXPECT_EQ(statuses, "...5..5..5...5..5..5");
}

TEST(TargetServerOptions, AllOrNoneMayBeErrors) {
  Target all{{.error_share = 1}};
  Target none{{.error_share = 0}};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(RawClient{all.port()}.get("/status/201").status, 500);
    EXPECT_EQ(RawClient{none.port()}.get("/status/201").status, 201);
  }
}

TEST(TargetServerOptions, FreezeFromTheFirstRequestOn) {
  using Clock = std::chrono::steady_clock;
  constexpr milliseconds kFreeze{150};
  constexpr milliseconds kNoticed{100};  // a request comes a little after the freeze has begun
  Target target{{.freeze_after = milliseconds{20}, .freeze_for = kFreeze}};
  RawClient client{target.port()};
  const auto first = Clock::now();
  Clock::duration longest{};
  for (auto last = first; longest < kNoticed && last - first < std::chrono::seconds{10};) {
    EXPECT_EQ(client.get("/").body, kOk);
    longest = std::max(longest, Clock::now() - last);
    last = Clock::now();
  }
  EXPECT_GE(longest, kNoticed);
  EXPECT_GT(target.requests().size(), 1u);
}

TEST(TargetServerOptions, FreezeFromTheBeginning) {
  const auto before = std::chrono::steady_clock::now();
  Target target{{.freeze_for = milliseconds{100}}};
  EXPECT_EQ(RawClient{target.port()}.get("/").body, kOk);
  EXPECT_GE(std::chrono::steady_clock::now() - before, milliseconds{100});
}

TEST(TargetServerOptions, WantAFreePort) {
  TargetServer first{{}};
  const Error error = pcx::testing::error_of([&] { TargetServer{{.port = first.port()}}; });
  EXPECT_EQ(error.code(), ErrorCode::cannot_create);
  EXPECT_THAT(error.what(), HasSubstr(std::to_string(first.port())));
}

// --- The end

TEST(TargetServerStops, BeforeItRuns) {
  TargetServer server{{}};
  server.stop();
  server.stop();
  server.run();
  EXPECT_EQ(server.requests(), 0);
}

TEST(TargetServerStops, WithGuestsAndWhileItIsFrozen) {
  std::optional<Target> target;
  target.emplace(TargetOptions{.freeze_for = std::chrono::hours{1}});
  RawClient client{target->port()};
  client.send("GET / HTTP/1.1\r\nHost: t\r\n\r\n");
  target.reset();
  EXPECT_EQ(client.read_to_end(), "");
}

std::atomic<TargetServer*> stopped_by_signal{nullptr};

TEST(TargetServerStops, InASignalsHandler) {
  TargetServer server{{}};
  stopped_by_signal = &server;
  struct sigaction ours {
  }, before{};
  ours.sa_handler = [](int) { stopped_by_signal.load()->stop(); };
  ASSERT_EQ(::sigaction(SIGUSR1, &ours, &before), 0);
  std::thread runs{[&] { server.run(); }};
  ::pthread_kill(runs.native_handle(), SIGUSR1);
  runs.join();
  ASSERT_EQ(::sigaction(SIGUSR1, &before, nullptr), 0);
}

TEST(TargetServerStops, AndLeavesNobodyWaiting) {
  std::optional<Target> target;
  target.emplace();
  RawClient hangs{target->port()};
  hangs.send("GET /hang HTTP/1.1\r\nHost: t\r\n\r\n");
  while (target->requests().empty()) std::this_thread::yield();
  target.reset();
  EXPECT_EQ(hangs.read_to_end(), "");
}

}  // namespace
}  // namespace pcx::load
