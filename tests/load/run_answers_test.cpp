#include "tests/load/run.h"

namespace pcx::load {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kExpect = "  plugins: {expect: {}}\n";

class RunAnswers : public Runs {};

// --- urls

// Artillery's own: braces are those of the path, a percent sign is whatever stands behind it.
TEST_F(RunAnswers, AreAskedForByUrlsThatAreNone) {
  run("      - get: {url: \"/a%zz/{{}}/{{ }}?b%zz={{}}\"}\n");
  EXPECT_THAT(target.lines(), ElementsAre("GET /a%zz/%7B%7B%7D%7D/undefined?b%zz={{}}"));
  EXPECT_EQ(count("vusers.completed"), 1);
}

// --- bodies

TEST_F(RunAnswers, AreDecoded) {
  std::string flow;
  for (const char* encoding : {"gzip", "deflate", "br", "zstd", "identity"}) {
    flow += std::string{"      - get: {url: /encoded/"} + encoding +
            ", capture: {json: $.encoding, as: encoding}}\n      - log: \"{{ encoding }}\"\n";
  }
  run(flow);
  EXPECT_THAT(logged, ElementsAre("gzip", "deflate", "br", "zstd", "identity"));
  EXPECT_EQ(count("vusers.completed"), 1);
}

TEST_F(RunAnswers, StayEncodedWhenTheScriptSaysSo) {
  run("      - get: {url: /encoded/gzip, gzip: false, capture: {json: $.ok, as: ok}}\n"
      "      - log: \"{{ ok }}\"\n");
  EXPECT_EQ(errors(), "Failed capture or match: 1");
  EXPECT_THAT(target.requests().front(), Not(HasSubstr("accept-encoding")));
}

TEST_F(RunAnswers, InChunksAreOneBody) {
  run("      - get: {url: /chunked/3, capture: {regexp: \"chunk 0[^]*chunk 2\", as: all}}\n"
      "      - log: \"{{ all }}\"\n");
  EXPECT_THAT(logged, ElementsAre("chunk 0\nchunk 1\nchunk 2"));
}

// --- captures

constexpr const char* kLogin =
    "      - post:\n          url: /login\n          json: {user: \"{{ user }}\"}\n"
    "          capture: {json: $.token, as: token}\n"
    "      - get:\n          url: /private\n"
    "          headers: {authorization: \"Bearer {{ token }}\"}\n"
    "          expect: {statusCode: 200}\n";

TEST_F(RunAnswers, GiveWhatTheNextRequestNeeds) {
  run(kLogin, users(10) + "  variables: {user: [ann, bob, cleo]}\n" + kExpect);
  EXPECT_EQ(codes(), "200: 20");
  EXPECT_EQ(count("plugins.expect.ok"), 10);
  EXPECT_EQ(count("plugins.expect.ok.statusCode"), 10);
  EXPECT_EQ(count("plugins.expect.failed"), 0);
  EXPECT_EQ(count("plugins.metrics-by-endpoint./private.codes.200"), 10);
}

TEST_F(RunAnswers, EndAUserWhoseStrictCaptureFails) {
  run("      - get: {url: /a, capture: [{json: $.ok, as: ok}, {json: $.token, as: token}]}\n"
      "      - log: \"{{ ok }} {{ token }}\"\n",
      users(2));
  EXPECT_EQ(errors(), "Failed capture or match: 2");
  EXPECT_EQ(count("vusers.failed"), 2);
  EXPECT_EQ(codes(), "200: 2");
  EXPECT_THAT(logged, ElementsAre());
}

TEST_F(RunAnswers, LetAUserGoOnWhoseCaptureIsNotStrict) {
  run("      - get: {url: /a, capture: {json: $.token, as: token, strict: false}}\n"
      "      - get: {url: \"/b/{{ token }}\"}\n");
  EXPECT_EQ(errors(), "");
  EXPECT_EQ(target.lines().back(), "GET /b/undefined");
}

// As Node.js: the request is not sent, and nothing of the variable becomes a header of its own.
TEST_F(RunAnswers, WhoseValuesNoHeaderCanHaveEndTheirUser) {
  run("      - get: {url: /, headers: {x-id: \"{{ id }}\"}}\n      - get: {url: /after}\n",
      "  variables: {id: \"1\\r\\nx-evil: 1\"}\n");
  EXPECT_EQ(errors(), "ERR_INVALID_CHAR: 1");
  EXPECT_EQ(count("vusers.failed"), 1);
  EXPECT_THAT(target.requests(), ::testing::IsEmpty());
}

TEST_F(RunAnswers, AreMatched) {
  run("      - get: {url: /a, match: {json: $.ok, value: \"true\"}}\n"
      "      - get: {url: /a, match: {json: $.ok, value: \"false\"}}\n      - get: {url: "
      "/never}\n");
  EXPECT_EQ(errors(), "Failed capture or match: 1");
  EXPECT_EQ(target.lines().size(), 2u);
}

TEST_F(RunAnswers, HaveHeadersToCapture) {
  run("      - get: {url: /header/etag/abc, capture: {header: etag, as: tag}}\n"
      "      - get: {url: /b, headers: {if-none-match: \"{{ tag }}\"}}\n");
  EXPECT_THAT(target.requests().back(), HasSubstr("\r\nif-none-match: abc\r\n"));
}

TEST_F(RunAnswers, KeepTheTypesOfValues) {
  run("      - post: {url: /mirror, json: {id: 7, list: [1, {a: null}]}, capture: [{json: $.id, "
      "as: id}, {json: $.list, as: list, multiple: false}]}\n"
      "      - post: {url: /b, json: {id: \"{{ id }}\", text: \"n{{ id }}\", list: \"{{ list }}\"}}"
      "\n");
  EXPECT_THAT(target.requests().back(),
              ::testing::EndsWith("\r\n\r\n{\"id\":7,\"text\":\"n7\",\"list\":[1,{\"a\":null}]}"));
}

// --- expectations

TEST_F(RunAnswers, ThatAreNotAsExpectedEndNobody) {
  run("      - get: {url: /status/404, expect: [{statusCode: 200}, {contentType: json}]}\n"
      "      - get: {url: /b}\n",
      users(3) + kExpect);
  EXPECT_EQ(count("plugins.expect.failed"), 3);
  EXPECT_EQ(count("plugins.expect.failed.statusCode"), 3);
  EXPECT_EQ(count("plugins.expect.ok.contentType"), 3);
  EXPECT_EQ(count("vusers.completed"), 3);
  ASSERT_FALSE(result.judged.empty());
  EXPECT_FALSE(result.judged.front().is_met);
}

TEST_F(RunAnswers, ThatAreNotAsExpectedMayEndTheirUser) {
  run("      - get: {url: /status/404, expect: {statusCode: 200}}\n      - get: {url: /never}\n",
      "  plugins: {expect: {reportFailuresAsErrors: true}}\n");
  EXPECT_EQ(errors(), "Failed expectations for request " + target.url() + "/status/404: 1");
  EXPECT_EQ(count("vusers.failed"), 1);
  EXPECT_EQ(target.lines().size(), 1u);
}

TEST_F(RunAnswers, OfAnyStatusAreNoErrors) {
  run("      - get: {url: /status/500}\n      - get: {url: /status/404}\n");
  EXPECT_EQ(codes(), "404: 1, 500: 1");
  EXPECT_EQ(errors(), "");
  EXPECT_EQ(count("vusers.completed"), 1);
  EXPECT_EQ(summary_of(result, "http.response_time.5xx").count(), 1);
  EXPECT_EQ(summary_of(result, "http.response_time.4xx").count(), 1);
}

TEST_F(RunAnswers, AreChecked) {
  run("      - get: {url: /a, capture: {json: $.ok, as: ok}}\n"
      "      - check: {name: fine, condition: ok}\n"
      "      - check: {name: wrong, condition: \"not ok\"}\n",
      users(2));
  EXPECT_EQ(count("pcx.check.ok.fine"), 2);
  EXPECT_EQ(count("pcx.check.failed.wrong"), 2);
  EXPECT_EQ(count("vusers.completed"), 2);
}

// --- cookies

TEST_F(RunAnswers, SetCookiesOfTheirUser) {
  run("      - get: {url: /echo}\n      - get: {url: /cookie/sid/abc}\n      - get: {url: /echo}\n",
      users(2));
  int with = 0, without = 0;
  for (const std::string& request : target.requests()) {
    if (!request.starts_with("GET /echo")) continue;
    ++(request.find("\r\ncookie: sid=abc\r\n") != std::string::npos ? with : without);
  }
  EXPECT_EQ(with, 2);
  EXPECT_EQ(without, 2);
}

TEST_F(RunAnswers, MeetCookiesOfTheScript) {
  run("      - get: {url: /a, cookie: {one: \"{{ v }}\"}}\n      - get: {url: /b}\n",
      "  variables: {v: 1}\n  http: {defaults: {cookie: {all: yes}}}\n");
  for (const std::string& request : target.requests()) {
    EXPECT_THAT(request, HasSubstr("\r\ncookie: all=yes; one=1\r\n"));
  }
  EXPECT_EQ(target.requests().size(), 2u);
}

// --- odd ones

TEST_F(RunAnswers, MayHaveNoBody) {
  run("      - get: {url: /status/204}\n      - get: {url: /status/304}\n"
      "      - head: {url: /bytes/10}\n      - get: {url: /b}\n");
  EXPECT_EQ(errors(), "");
  EXPECT_EQ(target.connections(), 1);
  EXPECT_EQ(count("vusers.completed"), 1);
}

}  // namespace
}  // namespace pcx::load
