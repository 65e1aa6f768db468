#include "http/response_reader.h"

#include <gmock/gmock.h>

#include "core/error.h"

namespace pcx::http {
namespace {

constexpr ResponseLimits kSmall{.header_bytes_max = 200, .body_bytes_max = 20};

ResponseReader reader(bool without_body = false) { return {"http://h", kSmall, without_body}; }

// Feeds `step` bytes at a time, then the end.
Response read(const std::string& bytes, std::size_t step, bool without_body = false) {
  ResponseReader target = reader(without_body);
  for (std::size_t at = 0; at < bytes.size(); at += step) target.put(bytes.substr(at, step));
  target.put_end();
  return target.take();
}

struct Known {
  const char* bytes;
  int status;
  const char* body;
};

class ResponseReaderReads : public ::testing::TestWithParam<Known> {};

TEST_P(ResponseReaderReads, TheSameInPiecesOfAnySize) {
  const std::string bytes = GetParam().bytes;
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const Response response = read(bytes, step);
    EXPECT_EQ(response.status, GetParam().status) << step;
    EXPECT_EQ(response.body, GetParam().body) << step;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Messages, ResponseReaderReads,
    ::testing::Values(
        Known{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"},
        Known{"HTTP/1.0 200 OK\r\n\r\nto the end", 200, "to the end"},
        Known{"HTTP/1.1 200 OK\r\n\r\n", 200, ""},
        Known{"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
        Known{"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""},
        Known{"HTTP/1.1 429 \r\nRetry-After: 5\r\nContent-Length: 2\r\n\r\nno", 429, "no"},
        Known{"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 500, ""},
        Known{"HTTP/1.1 302 Found\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n", 302, ""},
        Known{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
              "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: t\r\n\r\n",
              200, "hello world"},
        Known{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, ""},
        Known{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
              "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
              201, "ok"},
        Known{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokand something after it", 200, "ok"}));

TEST(ResponseReader, KeepsHeadersInTheirOrderByName) {
  const Response response =
      read("HTTP/1.1 200 OK\r\nB: 2\r\na:  1 \r\nB: 3\r\nContent-Length: 0\r\n\r\n", 7);
  EXPECT_THAT(response.headers,
              ::testing::ElementsAre(Header{"B", "2"}, Header{"B", "3"}, Header{"a", "1"},
                                     Header{"Content-Length", "0"}));
}

TEST(ResponseReader, ExpectsNoBodyAfterHead) {
  const Response response = read("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n", 100, true);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(*response.header("content-length"), "500000");
}

struct Refused {
  std::string bytes;
  const char* reason;
  const char* message;
};

class ResponseReaderRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(ResponseReaderRefuses, WithAReason) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{64}, std::size_t{100'000}}) {
    try {
      read(GetParam().bytes, step);
      FAIL() << GetParam().bytes;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::unreachable);
      EXPECT_EQ(error.reason(), GetParam().reason) << error.what();
      EXPECT_THAT(error.what(), ::testing::StartsWith("http://h: "));
      EXPECT_THAT(error.what(), ::testing::HasSubstr(GetParam().message));
    }
  }
}

std::string many_headers() {
  std::string bytes = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 50; ++i) bytes += "X-Name: value\r\n";
  return bytes + "\r\n";
}

std::string repeated(const std::string& text, int times) {
  std::string bytes;
  for (int i = 0; i < times; ++i) bytes += text;
  return bytes;
}

INSTANTIATE_TEST_SUITE_P(
    Messages, ResponseReaderRefuses,
    ::testing::Values(
        Refused{"", "truncated", "the connection ended before the response did"},
        Refused{"HTTP/1.1 200 OK\r\nContent-", "truncated", "ended before"},
        Refused{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "truncated", "ended before"},
        Refused{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "truncated",
                "ended before"},
        Refused{"HTTP/1.1 100 Continue\r\n\r\n", "truncated", "ended before"},
        Refused{"SSH-2.0-OpenSSH_9.2\r\n", "protocol", "not an HTTP response"},
        Refused{"HTTP/1.1 2000 OK\r\n\r\n", "protocol", "not an HTTP response"},
        Refused{"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "protocol", "not an HTTP response"},
        Refused{"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "protocol",
                "not an HTTP response"},
        Refused{"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "protocol",
                "not an HTTP response"},
        Refused{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "protocol",
                "not an HTTP response"},
        Refused{"HTTP/1.1 101 Switching Protocols\r\n\r\n", "protocol", "nobody asked for"},
        Refused{repeated("HTTP/1.1 100 Continue\r\n\r\n", 6), "protocol",
                "too many interim responses"},
        Refused{many_headers(), "too_large", "the response's header is longer than 200 bytes"},
        Refused{"HTTP/1.1 200 OK\r\nX: " + std::string(1000, 'x'), "too_large",
                "the response's header is longer than 200 bytes"},
        Refused{"HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n", "too_large",
                "the response's body is longer than 20 bytes"},
        Refused{"HTTP/1.1 200 OK\r\n\r\n" + std::string(21, 'x'), "too_large",
                "the response's body is longer than 20 bytes"},
        Refused{
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + repeated("5\r\nhello\r\n", 5),
            "too_large", "the response's body is longer than 20 bytes"},
        Refused{
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(100'000, 'x'),
            "too_large", "the response's header is longer than 200 bytes"}));

}  // namespace
}  // namespace pcx::http
