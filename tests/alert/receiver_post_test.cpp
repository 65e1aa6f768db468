#include "alert/receiver_post.h"

#include <thread>

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/alert/receiver_rig.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using ::testing::ElementsAre;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::Not;

struct Case {
  int status;
  Verdict verdict;
};

TEST(VerdictOf, IsWhatRepeatingWouldHelp) {
  const Case cases[] = {
      {200, Verdict::delivered}, {202, Verdict::delivered}, {204, Verdict::delivered},
      {301, Verdict::refused},   {302, Verdict::refused},   {304, Verdict::refused},
      {400, Verdict::refused},   {401, Verdict::refused},   {403, Verdict::refused},
      {404, Verdict::refused},   {408, Verdict::later},     {409, Verdict::refused},
      {410, Verdict::refused},   {413, Verdict::refused},   {415, Verdict::refused},
      {422, Verdict::refused},   {425, Verdict::later},     {429, Verdict::later},
      {500, Verdict::later},     {501, Verdict::later},     {502, Verdict::later},
      {503, Verdict::later},     {504, Verdict::later},     {599, Verdict::later},
  };
  for (const Case& each : cases) EXPECT_EQ(verdict_of(each.status), each.verdict) << each.status;
}

class Post : public ::testing::Test {
 protected:
  Attempt post_to(const std::string& path) {
    const ReceiverConfig config = rig.config(ReceiverKind::webhook);
    const std::string_view secrets[] = {"s3cret"};
    return post(config, rig.tools(), json_request(rig.server.url(path), "{}"), secrets, kTimeMax);
  }
  ReceiverRig rig;
};

TEST_F(Post, IsOneJsonRequest) {
  rig.server.then(answer(200, "ok"));
  EXPECT_EQ(post_to("/x"), (Attempt{.verdict = Verdict::delivered}));
  ASSERT_EQ(rig.server.requests().size(), 1u);
  const auto request = rig.server.requests().front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/x");
  EXPECT_EQ(request.header("Content-Type"), "application/json");
  EXPECT_EQ(request.body, "{}");
}

TEST_F(Post, SaysWhatTheAnswerSaysWithoutSecrets) {
  rig.server.then(answer(400, R"({"message": "s3cret is bad", "errors": ["too long"]})"));
  EXPECT_EQ(post_to("/"),
            (Attempt{.verdict = Verdict::refused, .words = "answered 400: *** is bad; too long"}));
}

TEST_F(Post, FollowsNoRedirect) {
  rig.server.then(answer(307, "", {{"Location", rig.server.url("/other")}}));
  EXPECT_EQ(post_to("/").verdict, Verdict::refused);
  EXPECT_EQ(rig.server.requests().size(), 1u);
}

TEST_F(Post, TellsHowLongToWait) {
  rig.server.then(answer(429, "", {{"Retry-After", "7"}}));
  rig.server.then(answer(503, "", {{"Retry-After", "Sun, 08 Mar 2026 07:01:05 GMT"}}));
  rig.server.then(answer(429, ""));
  rig.server.then(answer(500, ""));
  EXPECT_EQ(post_to("/").retry_after, 7s);
  EXPECT_EQ(post_to("/").retry_after, 60s);
  EXPECT_EQ(post_to("/").retry_after, kTooManyPause);
  EXPECT_EQ(post_to("/").retry_after, std::nullopt);
}

TEST_F(Post, ComesLaterWhenTheNetworkFails) {
  rig.timeout_max = 100ms;
  const testing::Script failures[] = {testing::reset(), testing::hang(),
                                      testing::raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nh"),
                                      testing::raw("SMTP ready\r\n\r\n")};
  for (const auto& failure : failures) {
    rig.server.then(failure);
    const Attempt attempt = post_to("/path-s3cret");
    EXPECT_EQ(attempt.verdict, Verdict::later);
    EXPECT_THAT(attempt.words, HasSubstr("http://127.0.0.1:"));
    EXPECT_THAT(attempt.words, Not(HasSubstr("path")));
  }
  EXPECT_EQ(rig.server.requests().size(), 4u);
}

TEST_F(Post, GivesTheTransportNoMoreTimeThanThereIs) {
  ReceiverConfig config = rig.config(ReceiverKind::webhook);
  const auto request = json_request(rig.server.url(), "{}");
  post(config, rig.tools(), request, {}, 3s);
  config.timeout = 2s;
  post(config, rig.tools(), request, {}, 3s);
  EXPECT_THAT(rig.timeouts, ElementsAre(3s, 2s));
}

TEST_F(Post, StopsWaitingWhenItIsInterrupted) {
  rig.server.then(testing::hang());
  std::thread person{[&] {
    rig.server.wait_for_requests(1);
    rig.interrupt.request(Interrupt::Signal::interrupt);
  }};
  const Error error = error_of([&] { post_to("/"); });
  person.join();
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
}

TEST_F(Post, NeedsAUrl) {
  const ReceiverConfig config = rig.config(ReceiverKind::webhook);
  const Error error = error_of([&] {
    post(config, rig.tools(), json_request("https://user@example.org/s3cret", ""), {}, kTimeMax);
  });
  EXPECT_EQ(error.code(), ErrorCode::config);
  EXPECT_EQ(error.location().line, 4);
  EXPECT_THAT(error.what(), HasSubstr("receiver it: "));
  EXPECT_THAT(error.what(), Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace pcx::alert
