#include <atomic>

#include "tests/load/run.h"

namespace pcx::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class RunRedirects : public Runs {
 protected:
  std::string body_of_last() const {
    const std::string last = target.requests().back();
    return last.substr(last.find("\r\n\r\n") + 4);
  }
  static std::string step(const std::string& method, const std::string& rest) {
    return "      - " + method + ": {url: \"" + rest + "}\n";
  }
};

TEST_F(RunRedirects, AreFollowed) {
  run(step("get", "/redirect/2\""));
  EXPECT_THAT(target.lines(), ElementsAre("GET /redirect/2", "GET /redirect/1", "GET /redirect/0"));
  EXPECT_EQ(target.connections(), 1);
  EXPECT_EQ(count("vusers.completed"), 1);
  // Each hop counts as Artillery counts it; the endpoint and its user have one answer.
  EXPECT_EQ(count("http.requests"), 3);
  EXPECT_EQ(codes(), "302: 2, 200: 1");
  EXPECT_EQ(summary_of(result, "http.response_time").count(), 3);
  EXPECT_EQ(summary_of(result, "pcx.latency").count(), 1);
  EXPECT_EQ(count("plugins.metrics-by-endpoint./redirect/2.codes.200"), 1);
  EXPECT_EQ(count("plugins.metrics-by-endpoint./redirect/2.codes.302"), 0);
}

struct Rule {
  const char* method;
  int status;
  const char* then;  // the method that follows
  bool keeps_body;
};

class RedirectRules : public RunRedirects, public ::testing::WithParamInterface<Rule> {};

TEST_P(RedirectRules, AreThoseOfGot) {
  run(step(GetParam().method,
           "/redirect/1?status=" + std::to_string(GetParam().status) + "\", json: {a: 1}"));
  EXPECT_EQ(target.lines().back(), std::string{GetParam().then} +
                                       " /redirect/0?status=" + std::to_string(GetParam().status));
  EXPECT_EQ(body_of_last(), GetParam().keeps_body ? "{\"a\":1}" : "");
  if (!GetParam().keeps_body) {
    EXPECT_THAT(target.requests().back(), ::testing::Not(HasSubstr("content-length")));
  }
  EXPECT_EQ(count("vusers.completed"), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RedirectRules,
    ::testing::Values(Rule{"post", 301, "POST", true}, Rule{"post", 302, "POST", true},
                      Rule{"post", 303, "GET", false}, Rule{"post", 307, "POST", true},
                      Rule{"post", 308, "POST", true}, Rule{"put", 301, "PUT", true},
                      Rule{"put", 302, "PUT", true}, Rule{"put", 303, "GET", false},
                      Rule{"patch", 307, "PATCH", true}, Rule{"delete", 302, "DELETE", true}));

TEST_F(RunRedirects, LeaveHeadAHead) {
  run(step("head", "/redirect/1?status=303\""));
  EXPECT_EQ(target.lines().back(), "HEAD /redirect/0?status=303");
}

// A server does not choose which names are looked up.
TEST_F(RunRedirects, ElsewhereAreRefusedBeforeTheHostIsLookedUp) {
  std::atomic<int> others = 0;
  options.resolve = [&](const http::Url& url) {
    if (url.host == "elsewhere.test") ++others;
    return resolve_near(url);
  };
  run(step("get", "/redirect?to=http://elsewhere.test/\""));
  EXPECT_EQ(errors(), "ERR_REDIRECT_ELSEWHERE: 1");
  EXPECT_EQ(others, 0);
  options.strict = true;
  run(step("get", "/redirect?to=http://elsewhere.test/\""));
  EXPECT_EQ(errors(), "ENOTFOUND: 1");
  EXPECT_EQ(others, 1);
}

TEST_F(RunRedirects, OfMoreKindsThanOneThinks) {
  run(step("get", "/redirect/1?status=300\"") + step("get", "/redirect/1?status=304\""));
  EXPECT_EQ(codes(), "200: 2, 300: 1, 304: 1");
}

TEST_F(RunRedirects, OfOtherKindsAreNone) {
  run(step("get", "/redirect/1?status=305\"") + step("get", "/redirect/1?status=306\"") +
      step("get", "/status/302\""));  // without a location
  EXPECT_EQ(target.lines().size(), 3u);
  EXPECT_EQ(count("vusers.completed"), 1);
}

TEST_F(RunRedirects, AreNotFollowedWhenTheScriptSaysSo) {
  run(step("get", "/redirect/2\", followRedirect: false"));
  EXPECT_THAT(target.lines(), ElementsAre("GET /redirect/2"));
  EXPECT_EQ(codes(), "302: 1");
  EXPECT_EQ(count("vusers.completed"), 1);
}

TEST_F(RunRedirects, HaveAnEnd) {
  run(step("get", "/redirect/10\""));
  EXPECT_EQ(errors(), "");
  run(step("get", "/redirect/11\""));
  EXPECT_EQ(errors(), "ERR_TOO_MANY_REDIRECTS: 1");
  EXPECT_EQ(count("http.requests"), 11);
  EXPECT_EQ(count("vusers.failed"), 1);
}

TEST_F(RunRedirects, AreRelativeToTheirPage) {
  run(step("get", "/redirect/../redirect?to=x/../y%3Fz\""));
  EXPECT_EQ(target.lines().back(), "GET /y?z");
}

TEST_F(RunRedirects, ToAnotherPortOfTheHostAreFollowed) {
  Target other;
  run(step("get", "/redirect?to=" + other.url() + "/there\""));
  EXPECT_EQ(errors(), "");
  EXPECT_THAT(other.lines(), ElementsAre("GET /there"));
  EXPECT_THAT(other.requests().front(),
              HasSubstr("\r\nhost: 127.0.0.1:" + std::to_string(other.port()) + "\r\n"));
}

TEST_F(RunRedirects, TakeCredentialsOnlyWithinASite) {
  Target other;
  const std::string headers = "\", headers: {authorization: secret}";
  run(step("get", "/redirect/1" + headers) +
      step("get", "/redirect?to=" + other.url() + "/there" + headers));
  EXPECT_THAT(target.requests(), ::testing::Each(HasSubstr("authorization: secret")));
  EXPECT_THAT(other.requests().front(), ::testing::Not(HasSubstr("secret")));
}

// A mistaken redirect would be a load test of a stranger.
TEST_F(RunRedirects, ToAnotherHostAreFollowedOnlyWhenAsked) {
  const std::string elsewhere = "http://localhost:" + std::to_string(target.port()) + "/there";
  run(step("get", "/redirect?to=" + elsewhere + "\""));
  EXPECT_EQ(errors(), "ERR_REDIRECT_ELSEWHERE: 1");
  EXPECT_EQ(target.lines().size(), 1u);
  options.strict = true;
  run(step("get", "/redirect?to=" + elsewhere + "\""));
  EXPECT_EQ(errors(), "");
  EXPECT_EQ(target.lines().back(), "GET /there");
  EXPECT_THAT(target.requests().back(),
              HasSubstr("\r\nhost: localhost:" + std::to_string(target.port()) + "\r\n"));
}

TEST_F(RunRedirects, NeedAUrl) {
  run(step("get", "/redirect?to=http://\""));
  EXPECT_THAT(errors(), StartsWith("Invalid URL - http://"));
  run(step("get", "/redirect?to=http://nowhere.test/\""));
  EXPECT_THAT(errors(), ::testing::AnyOf("ENOTFOUND: 1", "ERR_REDIRECT_ELSEWHERE: 1"));
}

}  // namespace
}  // namespace pcx::load
