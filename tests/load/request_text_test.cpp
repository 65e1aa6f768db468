#include "load/request_text.h"

#include <gmock/gmock.h>

#include "tests/load/plan_of.h"

namespace pcx::load {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

Time now() { return Time{std::chrono::milliseconds{1'769'860'800'123}}; }

class RequestTexts : public ::testing::Test {
 protected:
  // The first request of a flow.
  const Request& read(const std::string& flow, const std::string& config = {}) {
    plan_ = plan_of(script_of("http://a.test", config, flow));
    variables_.assign(plan_.variables.size(), Value{});
    for (const auto& [slot, values] : plan_.initial) variables_[slot] = values.front();
    return std::get<Request>(plan_.scenarios.front().program.front());
  }
  Scope scope() { return {variables_, random_, now}; }
  std::string url_of(const std::string& flow, const std::string& config = {}) {
    std::string out;
    append_url(read(flow, config), scope(), "http://a.test", out);
    return out;
  }
  std::string text_of(const Request& request, RequestFrame frame = {}) {
    frame.method = frame.method.empty() ? std::string_view{request.method} : frame.method;
    frame.authority = "a.test:81";
    frame.target = "/x?y=1";
    std::string scratch = "what was there before", out;
    if (!append_request(request, scope(), frame, scratch, out)) return "ERR_INVALID_CHAR";
    return out;
  }
  std::string text_of(const std::string& flow, const std::string& config = {}) {
    return text_of(read(flow, config));
  }
  static std::string body_of(const std::string& text) {
    return text.substr(text.find("\r\n\r\n") + 4);
  }

  Plan plan_;
  std::vector<Value> variables_;
  SeededRandom random_{1};
};

TEST_F(RequestTexts, AreWholeRequests) {
  EXPECT_EQ(text_of("      - get: {url: /x}\n"),
            "GET /x?y=1 HTTP/1.1\r\n"
            "host: a.test:81\r\n"
            "user-agent: Artillery (https://artillery.io)\r\n"
            "accept-encoding: gzip, deflate, br, zstd\r\n"
            "connection: keep-alive\r\n\r\n");
}

// --- URLs

TEST_F(RequestTexts, HaveTheTargetInFrontOfPaths) {
  EXPECT_EQ(url_of("      - get: {url: /x}\n"), "http://a.test/x");
  EXPECT_EQ(url_of("      - get: {url: \"https://b.test/x\"}\n"), "https://b.test/x");
  const std::string ids = "  variables: {id: 7, path: /y}\n";
  EXPECT_EQ(url_of("      - get: {url: \"/x/{{ id }}\"}\n", ids), "http://a.test/x/7");
  EXPECT_EQ(url_of("      - get: {url: \"{{ path }}\"}\n", ids), "http://a.test/y");
}

TEST_F(RequestTexts, AddFieldsToTheUrlsOwnQuery) {
  const std::string fields = ", qs: {a: \"b c&d=\xc3\xa9\", \"e[]\": [1, 2], f: \"{{ v }}\"}}\n";
  const std::string added = "a=b+c%26d%3D%C3%A9&e%5B%5D=1&e%5B%5D=2&f=x*y";
  const std::string value = "  variables: {v: x*y}\n";
  EXPECT_EQ(url_of("      - get: {url: /x" + fields, value), "http://a.test/x?" + added);
  EXPECT_EQ(url_of("      - get: {url: \"/x?z=1\"" + fields, value),
            "http://a.test/x?z=1&" + added);
  EXPECT_EQ(url_of("      - get: {url: \"/x#part\"" + fields, value), "http://a.test/x?" + added);
}

// --- Headers

TEST_F(RequestTexts, HaveTheirHeadersInLowerCaseOnce) {
  const std::string text = text_of(
      "      - get: {url: /x, headers: {X-One: \"{{ v }}\", user-agent: mine, Accept-Encoding: "
      "br}}\n",
      "  variables: {v: 5}\n  defaults: {headers: {x-one: 0, x-two: 2}}\n");
  EXPECT_THAT(text, HasSubstr("\r\nx-one: 5\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("x-one: 0")));
  EXPECT_THAT(text, HasSubstr("\r\nx-two: 2\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nuser-agent: mine\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\naccept-encoding: br\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("gzip")));
  EXPECT_THAT(text, Not(HasSubstr("Artillery")));
}

TEST_F(RequestTexts, NeverBreakALine) {
  const Request& request =
      read("      - get: {url: /x, headers: {x-one: \"{{ v }}\"}}\n", "  variables: {v: x}\n");
  for (Value& value : variables_) value = Value{"a\r\nevil: b\n\nc"};
  EXPECT_EQ(text_of(request), "ERR_INVALID_CHAR");
}

TEST_F(RequestTexts, SayHeadersInLatin1) {
  const Request& request =
      read("      - get: {url: /x, headers: {x-one: \"{{ v }}\"}}\n", "  variables: {v: x}\n");
  const auto sent = [&](const char* text) {
    for (Value& value : variables_) value = Value{text};
    return text_of(request);
  };
  EXPECT_THAT(sent("caf\xc3\xa9\t\xc2\xa3"), HasSubstr("\r\nx-one: caf\xe9\t\xa3\r\n"));
  for (const char* bad : {"\xe2\x82\xac", "a\x7f", "\x01", "\xc3", "\xe9", "\xf0\x9f\x98\x80"}) {
    EXPECT_EQ(sent(bad), "ERR_INVALID_CHAR") << bad;
  }
}

TEST_F(RequestTexts, SayHowLongTheyAreByThemselves) {
  const std::string text = text_of(
      "      - post: {url: /x, body: abc, headers: {content-length: 99, transfer-encoding: "
      "chunked}}"
      "\n");
  EXPECT_THAT(text, HasSubstr("\r\ncontent-length: 3\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("99")));
  EXPECT_THAT(text, Not(HasSubstr("chunked")));
}

TEST_F(RequestTexts, HaveALengthWhereAServerWantsOne) {
  for (const char* method : {"post", "put", "patch"}) {
    const std::string text = text_of(std::string{"      - "} + method + ": {url: /x}\n");
    EXPECT_THAT(text, HasSubstr("\r\ncontent-length: 0\r\n"));
  }
  for (const char* method : {"get", "delete", "head", "options"}) {
    const std::string text = text_of(std::string{"      - "} + method + ": {url: /x}\n");
    EXPECT_THAT(text, Not(HasSubstr("content-length")));
  }
}

TEST_F(RequestTexts, LeaveEncodingsOutWhenNothingIsUndone) {
  EXPECT_THAT(text_of("      - get: {url: /x, gzip: false}\n"), Not(HasSubstr("accept-encoding")));
}

TEST_F(RequestTexts, HaveBasicCredentials) {
  const std::string auth = "auth: {user: Aladdin, pass: \"{{ v }}\"}";
  const std::string config = "  variables: {v: open sesame}\n";
  EXPECT_THAT(text_of("      - get: {url: /x, " + auth + "}\n", config),
              HasSubstr("\r\nauthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
  const std::string own =
      text_of("      - get: {url: /x, " + auth + ", headers: {Authorization: Bearer x}}\n", config);
  EXPECT_THAT(own, HasSubstr("\r\nauthorization: Bearer x\r\n"));
  EXPECT_THAT(own, Not(HasSubstr("Basic")));
}

TEST_F(RequestTexts, HaveWhatTheFrameGives) {
  const std::string text = text_of(read("      - get: {url: /x}\n"),
                                   {.cookies = "a=1; b=2", .trace_parent = "00-a9-b-01"});
  EXPECT_THAT(text, HasSubstr("\r\ncookie: a=1; b=2\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\ntraceparent: 00-a9-b-01\r\n"));
}

TEST_F(RequestTexts, HaveOneHostAndOneConnection) {
  const Request& request = read(
      "      - get: {url: /x, headers: {Host: \"{{ v }}\", Connection: close, Cookie: mine=1}}\n",
      "  variables: {v: b.test}\n");
  const std::string text = text_of(request);
  EXPECT_THAT(text, ::testing::StartsWith("GET /x?y=1 HTTP/1.1\r\nhost: b.test\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("a.test")));
  EXPECT_THAT(text, HasSubstr("\r\nconnection: close\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("keep-alive")));
  EXPECT_THAT(text, HasSubstr("\r\ncookie: mine=1\r\n"));
  // The jar's cookies take the place of the script's, as with got.
  const std::string with_jar = text_of(request, {.cookies = "sid=2"});
  EXPECT_THAT(with_jar, HasSubstr("\r\ncookie: sid=2\r\n"));
  EXPECT_THAT(with_jar, Not(HasSubstr("mine=1")));
}

TEST_F(RequestTexts, KeepCredentialsForTheirSite) {
  const std::string headers =
      "headers: {authorization: secret, cookie: c=1, host: b.test, x-one: 1}";
  const Request& own = read("      - get: {url: /x, " + headers + "}\n");
  const std::string elsewhere = text_of(own, {.with_credentials = false});
  EXPECT_THAT(elsewhere, Not(HasSubstr("secret")));
  EXPECT_THAT(elsewhere, Not(HasSubstr("c=1")));
  EXPECT_THAT(elsewhere, HasSubstr("\r\nhost: a.test:81\r\n"));
  EXPECT_THAT(elsewhere, HasSubstr("\r\nx-one: 1\r\n"));
  const Request& basic = read("      - get: {url: /x, auth: {user: u, pass: p}}\n");
  EXPECT_THAT(text_of(basic), HasSubstr("Basic"));
  EXPECT_THAT(text_of(basic, {.with_credentials = false}), Not(HasSubstr("Basic")));
}

TEST_F(RequestTexts, LoseTheirBodyByARedirect) {
  const Request& request = read("      - post: {url: /x, json: {a: 1}}\n");
  const std::string text = text_of(request, {.method = "GET", .with_body = false});
  EXPECT_THAT(text, ::testing::StartsWith("GET /x?y=1 HTTP/1.1\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("content-length")));
  EXPECT_EQ(body_of(text), "");
}

// --- Bodies

TEST_F(RequestTexts, CarryJson) {
  const std::string text =
      text_of("      - post: {url: /x, json: {a: \"{{ v }}\", b: \"n{{ v }}\", c: [true, null]}}\n",
              "  variables: {v: 5}\n");
  EXPECT_EQ(body_of(text), R"({"a":5,"b":"n5","c":[true,null]})");
  EXPECT_THAT(text, HasSubstr("\r\ncontent-type: application/json\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\ncontent-length: 32\r\n"));
}

TEST_F(RequestTexts, CarryText) {
  const std::string text =
      text_of("      - put: {url: /x, body: \"<a>{{ v }}</a>\"}\n", "  variables: {v: \xc3\xa9}\n");
  EXPECT_EQ(body_of(text), "<a>\xc3\xa9</a>");
  EXPECT_THAT(text, HasSubstr("\r\ncontent-length: 9\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("content-type")));
}

TEST_F(RequestTexts, CarryForms) {
  const std::string text =
      text_of("      - post: {url: /x, form: {\"a b\": \"{{ v }}\", c: \"d&e=f\"}}\n",
              "  variables: {v: \"1 + 1\"}\n");
  EXPECT_EQ(body_of(text), "a+b=1+%2B+1&c=d%26e%3Df");
  EXPECT_THAT(text, HasSubstr("\r\ncontent-type: application/x-www-form-urlencoded\r\n"));
}

TEST_F(RequestTexts, CarrySeveralParts) {
  const std::string text = text_of(
      "      - post: {url: /x, formData: {a: \"{{ v }}\", \"q\\\"\\n\": {value: \"{}\", "
      "contentType: "
      "application/json}}}\n",
      "  variables: {v: 5}\n");
  const auto at = text.find("boundary=");
  ASSERT_NE(at, std::string::npos);
  const std::string boundary = text.substr(at + 9, text.find("\r\n", at) - at - 9);
  EXPECT_THAT(text, HasSubstr("\r\ncontent-type: multipart/form-data; boundary="));
  EXPECT_EQ(body_of(text), "--" + boundary +
                               "\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n5\r\n--" +
                               boundary +
                               "\r\ncontent-disposition: form-data; name=\"q%22%0A\"\r\n"
                               "content-type: application/json\r\n\r\n{}\r\n--" +
                               boundary + "--\r\n");
  EXPECT_THAT(text,
              HasSubstr("\r\ncontent-length: " + std::to_string(body_of(text).size()) + "\r\n"));
}

TEST_F(RequestTexts, KeepAContentTypeOfTheirOwn) {
  const std::string text = text_of(
      "      - post: {url: /x, json: {a: 1}, headers: {content-type: application/vnd.api+json}}\n");
  EXPECT_THAT(text, HasSubstr("\r\ncontent-type: application/vnd.api+json\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("application/json")));
  EXPECT_THAT(text, EndsWith("{\"a\":1}"));
}

TEST(FormEncoding, IsThatOfBrowsers) {
  std::string out;
  append_form_encoded("aZ09*-._ ~!'()\xc3\xa9\n%+", out);
  EXPECT_EQ(out, "aZ09*-._+%7E%21%27%28%29%C3%A9%0A%25%2B");
}

TEST(ComponentEncoding, IsThatOfJavaScript) {
  std::string out;
  append_component_encoded("aZ09-_.!~*'() +&\xc3\xa9", out);
  EXPECT_EQ(out, "aZ09-_.!~*'()%20%2B%26%C3%A9");
}

}  // namespace
}  // namespace pcx::load
