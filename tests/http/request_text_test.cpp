#include "http/request_text.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace pcx::http {
namespace {

std::string text_of(const Request& request) {
  return request_text(request, parse_url("https://example.org:8443/hook?x=1"), "pcx/1");
}

TEST(RequestText, AddsWhatHttpNeeds) {
  EXPECT_EQ(text_of({}),
            "GET /hook?x=1 HTTP/1.1\r\nHost: example.org:8443\r\nConnection: close\r\n"
            "User-Agent: pcx/1\r\n\r\n");
}

TEST(RequestText, KeepsTheCallersHeadersAndBody) {
  EXPECT_EQ(text_of({.method = "POST",
                     .headers{{"user-agent", "own"}, {"X-Empty", ""}, {"X-Text", "a\tb \xc3\xbc"}},
                     .body = "{}"}),
            "POST /hook?x=1 HTTP/1.1\r\nHost: example.org:8443\r\nConnection: close\r\n"
            "user-agent: own\r\nX-Empty: \r\nX-Text: a\tb \xc3\xbc\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(RequestText, SaysThatAPostHasNoBody) {
  EXPECT_NE(text_of({.method = "POST"}).find("Content-Length: 0\r\n"), std::string::npos);
  EXPECT_EQ(text_of({.method = "DELETE"}).find("Content-Length"), std::string::npos);
}

struct Refused {
  Request request;
  const char* message;
};

class RequestTextRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(RequestTextRefuses, NamesThePart) {
  try {
    text_of(GetParam().request);
    FAIL() << GetParam().message;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::data);
    EXPECT_EQ(std::string{error.what()}, GetParam().message);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Parts, RequestTextRefuses,
    ::testing::Values(
        Refused{{.method = ""}, "'' is no HTTP method to send"},
        Refused{{.method = "GET /\r\n"}, "'GET /\\r\\n' is no HTTP method to send"},
        Refused{{.method = "CONNECT"}, "'CONNECT' is no HTTP method to send"},
        Refused{{.headers{{"", "x"}}}, "'' is no name of an HTTP header"},
        Refused{{.headers{{"X Y", "x"}}}, "'X Y' is no name of an HTTP header"},
        Refused{{.headers{{"X:", "x"}}}, "'X:' is no name of an HTTP header"},
        Refused{{.headers{{"Authorization", "s3cret\r\nX: y"}}},
                "the HTTP header 'Authorization' has a control character"},
        Refused{{.headers{{"A", "s3cret\n"}}}, "the HTTP header 'A' has a control character"},
        Refused{{.headers{{"A", "\x7f"}}}, "the HTTP header 'A' has a control character"},
        Refused{{.headers{{"host", "x"}}}, "the HTTP header 'Host' is set by pcx itself"},
        Refused{{.headers{{"CONTENT-LENGTH", "1"}}},
                "the HTTP header 'Content-Length' is set by pcx itself"},
        Refused{{.headers{{"Transfer-Encoding", "chunked"}}},
                "the HTTP header 'Transfer-Encoding' is set by pcx itself"},
        Refused{{.headers{{"Connection", "x"}}},
                "the HTTP header 'Connection' is set by pcx itself"}));

}  // namespace
}  // namespace pcx::http
