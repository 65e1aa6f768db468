#include "alert/heartbeat.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/text.h"
#include "http/http_transport.h"
#include "tests/support/errors.h"
#include "tests/support/loopback_server.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::Not;

const char* const kRun = "0f0f0f0f-1111-4222-8333-444444444444";
const char* const kCheck = "/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";

class HeartbeatTest : public ::testing::Test {
 protected:
  Heartbeat heartbeat(const std::string& path = kCheck) {
    return {Secret{server.url(path)}, kRun, tools};
  }
  std::vector<std::string> targets() const {
    std::vector<std::string> all;
    for (const auto& request : server.requests()) all.push_back(request.target);
    return all;
  }

  testing::LoopbackServer server;
  HeartbeatTools tools{.connect = [](std::chrono::milliseconds timeout) {
    return std::make_unique<http::HttpTransport>(http::HttpOptions{.total_timeout = timeout});
  }};
};

TEST_F(HeartbeatTest, SaysHowARunBeginsAndEnds) {
  Heartbeat it = heartbeat();
  server.then(answer(200, "OK"));
  EXPECT_EQ(it.start(), (Attempt{.verdict = Verdict::delivered}));
  it.success("ALERT OK");
  it.fail("ALERT CRITICAL: low stock");
  const std::string check = kCheck;
  const std::string rid = std::string{"?rid="} + kRun;
  EXPECT_THAT(targets(), ElementsAre(check + "/start" + rid, check + rid, check + "/fail" + rid));
  EXPECT_EQ(server.requests()[0].body, "");
  EXPECT_EQ(server.requests()[2].body, "ALERT CRITICAL: low stock");
  EXPECT_EQ(server.requests()[2].method, "POST");
}

TEST_F(HeartbeatTest, KeepsTheQueryOfItsUrl) {
  heartbeat("/key/slug?create=1").start();
  heartbeat("/key/slug/").success("");
  EXPECT_THAT(targets(), ElementsAre(std::string{"/key/slug/start?create=1&rid="} + kRun,
                                     std::string{"/key/slug?rid="} + kRun));
}

TEST_F(HeartbeatTest, CutsItsBodyBetweenCharacters) {
  std::string cats = "x";
  for (int i = 0; i < 3000; ++i) cats += "\U0001f408";
  heartbeat().fail(cats);
  const std::string body = server.requests().at(0).body;
  EXPECT_EQ(body.size(), 9997u);
  EXPECT_FALSE(find_invalid_utf8(body));
}

TEST_F(HeartbeatTest, SaysWhatWentWrongWithoutItsUrl) {
  server.then(answer(404, std::string{"not found: "} + kCheck));
  server.then(answer(409, "ambiguous slug"));
  server.then(answer(429, "", {{"Retry-After", "9"}}));
  server.then(testing::reset());
  Heartbeat it = heartbeat();
  EXPECT_EQ(it.start(),
            (Attempt{.verdict = Verdict::refused, .words = "answered 404: not found: ***"}));
  EXPECT_EQ(it.start(),
            (Attempt{.verdict = Verdict::refused, .words = "answered 409: ambiguous slug"}));
  EXPECT_EQ(it.start(), (Attempt{.verdict = Verdict::later, .words = "answered 429"}));
  const Attempt failed = it.start();
  EXPECT_EQ(failed.verdict, Verdict::later);
  EXPECT_THAT(failed.words, Not(HasSubstr("5bf66975")));
  EXPECT_EQ(server.requests().size(), 4u);
}

TEST_F(HeartbeatTest, EndsInItsTime) {
  tools.timeout = 100ms;
  server.then(testing::hang());
  EXPECT_EQ(heartbeat().start().verdict, Verdict::later);
}

TEST(HeartbeatUrl, IsSafeAndHasNoRidOfItsOwn) {
  const HeartbeatTools tools{.connect = {}};
  for (const char* url :
       {"http://hc.example.org/s3cret", "s3cret", "https://hc-ping.com/s3cret?rid=1",
        "https://hc-ping.com/s3cret?create=1&rid=1"}) {
    const Error error = error_of([&] { Heartbeat(Secret{std::string_view{url}}, kRun, tools); });
    EXPECT_EQ(error.code(), ErrorCode::config) << url;
    EXPECT_THAT(error.what() + error.hint(), Not(HasSubstr("s3cret"))) << url;
  }
}

}  // namespace
}  // namespace pcx::alert
