#include "kpi/push.h"

#include <thread>

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/kpi/push_rig.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<SecretHeader> kNoSecrets;

bool five_hundreds(int status) { return status >= 500; }

http::Request request_to(const PushRig& rig) {
  return {.method = "POST", .url = rig.server.url("/secret-path"), .body = "numbers"};
}

TEST(Deliver, AsksAgainAfterGrowingPauses) {
  PushRig rig;
  for (int i = 0; i < 3; ++i) rig.server.then(answer(503, ""));
  rig.server.then(answer(200, "taken"));
  const auto response = deliver(rig.tools(), request_to(rig), kNoSecrets, five_hundreds);
  EXPECT_EQ(response.body, "taken");
  EXPECT_EQ(rig.server.requests().size(), 4u);
  EXPECT_EQ(rig.server.requests().back().body, "numbers");
  EXPECT_GE(rig.slept(), 7s * 0.7);
  EXPECT_LE(rig.slept(), 7s * 1.3);
}

TEST(Deliver, WaitsAsLongAsTheTargetAsks) {
  PushRig rig;
  rig.server.then(answer(503, "", {{"Retry-After", "17"}}));
  rig.server.then(answer(503, "", {{"Retry-After", "Mon, 09 Mar 2026 12:00:27 GMT"}}));
  rig.server.then(answer(503, "", {{"Retry-After", "0"}}));
  deliver(rig.tools(), request_to(rig), kNoSecrets, five_hundreds);
  EXPECT_EQ(rig.slept(), 17s + 10s + 1s);
}

TEST(Deliver, AsksAgainWhenTheNetworkFails) {
  PushRig rig;
  rig.timeout_max = 200ms;
  rig.server.then(testing::reset());
  rig.server.then(testing::hang());
  rig.server.then(testing::raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhal"));
  rig.server.then(answer(200, "whole"));
  EXPECT_EQ(deliver(rig.tools(), request_to(rig), kNoSecrets, five_hundreds).body, "whole");
}

TEST(Deliver, GivesEachTryTheTimeThatIsLeft) {
  PushRig rig;
  rig.server.then(answer(503, "", {{"Retry-After", "35"}}));
  rig.server.then(answer(200, ""));
  deliver(rig.tools(40s), request_to(rig), kNoSecrets, five_hundreds);
  EXPECT_THAT(rig.timeouts, ::testing::ElementsAre(30s, 5s));
}

TEST(Deliver, GivesUpBeforeAPauseThatOutlastsTheDeadline) {
  PushRig rig;
  rig.server.then(answer(503, "no\nroom", {{"Retry-After", "61"}}));
  const Error error =
      error_of([&] { deliver(rig.tools(60s), request_to(rig), kNoSecrets, five_hundreds); });
  EXPECT_EQ(error.code(), ErrorCode::busy);
  EXPECT_EQ(error.reason(), "http_503");
  EXPECT_EQ(error.what(), rig.server.url("") + ": answered 503: no\\nroom");
  EXPECT_EQ(error.hint(), "The next try would be in 61 s, after the deadline.");
  EXPECT_EQ(rig.slept(), 0s);
}

TEST(Deliver, EndsWithTheLastFailureOfTheNetwork) {
  PushRig rig;
  for (int i = 0; i < 10; ++i) rig.server.then(testing::reset());
  const Error error =
      error_of([&] { deliver(rig.tools(5s), request_to(rig), kNoSecrets, five_hundreds); });
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_EQ(error.reason(), "reset");
  EXPECT_THAT(error.what(), Not(HasSubstr("secret-path")));
  EXPECT_LE(rig.slept(), 5s);
  EXPECT_GE(rig.server.requests().size(), 2u);
}

TEST(Deliver, AsksNobodyAfterTheDeadline) {
  PushRig rig;
  const PushTools tools = rig.tools(1s);
  rig.clock.advance(1s);
  const Error error = error_of([&] { deliver(tools, request_to(rig), kNoSecrets, five_hundreds); });
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_EQ(error.reason(), "timeout");
  EXPECT_TRUE(rig.server.requests().empty());
}

TEST(Deliver, DoesNotRepeatWhatDoesNotPass) {
  PushRig rig;
  rig.server.then(testing::raw("SMTP ready\r\n\r\n"));
  const Error error =
      error_of([&] { deliver(rig.tools(), request_to(rig), kNoSecrets, five_hundreds); });
  EXPECT_EQ(error.reason(), "protocol");
  EXPECT_EQ(rig.server.requests().size(), 1u);
}

TEST(Deliver, StopsWaitingWhenItIsInterrupted) {
  PushRig rig;
  rig.server.then(testing::hang());
  std::thread operator_at_keyboard{[&] {
    rig.server.wait_for_requests(1);
    rig.interrupt.request(Interrupt::Signal::interrupt);
  }};
  const Error waiting =
      error_of([&] { deliver(rig.tools(), request_to(rig), kNoSecrets, five_hundreds); });
  operator_at_keyboard.join();
  EXPECT_EQ(waiting.code(), ErrorCode::interrupted);
  const Error again =
      error_of([&] { deliver(rig.tools(), request_to(rig), kNoSecrets, five_hundreds); });
  EXPECT_EQ(again.code(), ErrorCode::interrupted);
  EXPECT_EQ(rig.server.requests().size(), 1u);
}

// The pause is as long as Retry-After says; the clock of this test stops it half way.
class InterruptingClock final : public Clock {
 public:
  explicit InterruptingClock(Interrupt& interrupt) : interrupt_(interrupt) {}
  std::chrono::system_clock::time_point wall_now() const override { return {}; }
  std::chrono::steady_clock::time_point steady_now() const override { return {}; }
  void sleep_for(std::chrono::nanoseconds) override {
    if (++sleeps == 3) interrupt_.request(Interrupt::Signal::terminate);
  }
  int sleeps = 0;

 private:
  Interrupt& interrupt_;
};

TEST(Deliver, StopsPausingWhenItIsInterrupted) {
  PushRig rig;
  rig.server.then(answer(503, "", {{"Retry-After", "50"}}));
  InterruptingClock clock{rig.interrupt};
  const PushTools tools = rig.tools();
  const PushTools impatient{tools.connect, clock, tools.random, tools.interrupt, tools.deadline};
  const Error error =
      error_of([&] { deliver(impatient, request_to(rig), kNoSecrets, five_hundreds); });
  EXPECT_EQ(error.code(), ErrorCode::terminated);
  EXPECT_EQ(clock.sleeps, 3);
}

struct Refusal {
  int status;
  ErrorCode code;
  const char* hint;
};

TEST(ThrowRefused, NamesTheOriginAndTheReason) {
  const char* const kUrlHint = "Check the URL: it is not where this target takes metrics.";
  const Refusal cases[] = {
      {301, ErrorCode::config, kUrlHint},
      {400, ErrorCode::data, ""},
      {401, ErrorCode::permission, "key?"},
      {403, ErrorCode::permission, "key?"},
      {404, ErrorCode::config, kUrlHint},
      {405, ErrorCode::config, kUrlHint},
      {413, ErrorCode::data, ""},
      {415, ErrorCode::data, ""},
      {500, ErrorCode::busy, "Try again later."},
  };
  for (const Refusal& each : cases) {
    const http::Request request{.url = "https://example.org:8443/token/7?key=8"};
    const Error error = error_of([&] {
      throw_refused(request, {.status = each.status, .body = "why"}, kNoSecrets, "key?");
    });
    const std::string status = std::to_string(each.status);
    EXPECT_EQ(error.code(), each.code) << status;
    EXPECT_EQ(error.what(), "https://example.org:8443: answered " + status + ": why");
    EXPECT_EQ(error.reason(), "http_" + status);
    EXPECT_EQ(error.hint(), each.hint) << status;
  }
}

TEST(BaseOf, LeavesPathsAndTakesNoQuery) {
  EXPECT_EQ(base_of("https://example.org"), "https://example.org");
  EXPECT_EQ(base_of("https://example.org/a//"), "https://example.org/a");
  const Error error = error_of([] { base_of("https://example.org/a?key=secret"); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_STREQ(error.what(), "https://example.org: the URL has a query");
}

}  // namespace
}  // namespace pcx::kpi
