#include "load/answer.h"

#include <gmock/gmock.h>

#include "load/encoder.h"

namespace pcx::load {
namespace {

using State = AnswerReader::State;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr Wishes kAll{.headers = true, .body = true};

struct Read {
  State state = State::waiting;
  std::string failure;
  Answer answer;
  bool has_head = false;
};

Read read_in_pieces(const std::string& bytes, std::size_t step, const Wishes& wishes = kAll,
                    bool has_end = false) {
  AnswerReader reader;
  reader.begin(wishes);
  State state = reader.state();
  for (std::size_t at = 0; at < bytes.size() && state != State::failed; at += step) {
    state = reader.put(std::string_view{bytes}.substr(at, step));
  }
  if (has_end) state = reader.put_end();
  EXPECT_EQ(state, reader.state());
  return {state, reader.failure(), reader.answer(), reader.has_head()};
}

Read read(const std::string& bytes, const Wishes& wishes = kAll) {
  return read_in_pieces(bytes, bytes.size(), wishes);
}
Read read_to_end(const std::string& bytes, const Wishes& wishes = kAll) {
  return read_in_pieces(bytes, bytes.size(), wishes, true);
}

struct Known {
  std::string bytes;
  int status;
  std::string body;
  bool keeps_alive = true;
};

class AnswersWithAnEnd : public ::testing::TestWithParam<Known> {};

TEST_P(AnswersWithAnEnd, AreTheSameInPiecesOfAnySize) {
  for (std::size_t step = 1; step <= GetParam().bytes.size(); ++step) {
    const Read read = read_in_pieces(GetParam().bytes, step);
    ASSERT_EQ(read.state, State::done) << step << " " << read.failure;
    EXPECT_EQ(read.answer.status, GetParam().status);
    EXPECT_EQ(read.answer.body, GetParam().body);
    EXPECT_EQ(read.answer.keeps_alive, GetParam().keeps_alive);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Messages, AnswersWithAnEnd,
    ::testing::Values(
        Known{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"},
        Known{"HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", 200, ""},
        Known{"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
        Known{"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""},
        Known{"HTTP/1.1 204 \r\nContent-Encoding: br\r\n\r\n", 204, ""},
        Known{"HTTP/1.1 500 Oops\r\ncontent-length:2\r\nConnection: close\r\n\r\nno", 500, "no",
              false},
        Known{"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false},
        Known{"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", 200,
              "ok"},
        Known{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
              "5\r\nhello\r\n6;x=\"y\"\r\n world\r\n0\r\nTrailer: t\r\n\r\n",
              200, "hello world"},
        Known{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, ""},
        Known{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
              "00000000000000A\r\n0123456789\r\n000\r\n\r\n",
              200, "0123456789"},
        Known{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
              "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
              201, "ok"},
        Known{"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", 200, ""},
        Known{"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 0\r\n\r\n", 200, ""},
        Known{"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 0\r\n\r\n", 200, ""}));

TEST(Answers, MayEndWithTheConnection) {
  const std::string open = "HTTP/1.1 200 OK\r\n\r\nto the end";
  EXPECT_EQ(read(open).state, State::head_read);
  for (std::size_t step = 1; step <= open.size(); ++step) {
    const Read read = read_in_pieces(open, step, kAll, true);
    EXPECT_EQ(read.state, State::done);
    EXPECT_EQ(read.answer.body, "to the end");
    EXPECT_FALSE(read.answer.keeps_alive);
    EXPECT_EQ(read.answer.content_length, -1);
  }
}

TEST(Answers, ToHeadHaveNoBody) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\nContent-Encoding: br\r\n\r\n";
  const Read read = load::read(head, {.headers = true, .body = true, .no_body = true});
  EXPECT_EQ(read.state, State::done);
  EXPECT_TRUE(read.answer.keeps_alive);
  EXPECT_EQ(read.answer.content_length, 500);
  EXPECT_EQ(read.answer.body_bytes, 0);
}

TEST(Answers, KeepWhatIsAskedFor) {
  const std::string bytes =
      "HTTP/1.1 302 Found\r\nLocation: /next\r\nSet-Cookie: a=1\r\nX-Two: 1\r\nset-cookie: b=2\r\n"
      "Server-Timing: db;dur=5\r\nContent-Type:  text/plain \r\nContent-Length: 3\r\n\r\nabc";
  const Read without = read(bytes, {});
  EXPECT_EQ(without.answer.location, "/next");
  EXPECT_THAT(without.answer.set_cookies, ElementsAre("a=1", "b=2"));
  EXPECT_EQ(without.answer.content_type, "text/plain");
  EXPECT_EQ(without.answer.server_timing, "db;dur=5");
  EXPECT_THAT(without.answer.headers, IsEmpty());
  EXPECT_EQ(without.answer.body, "");
  EXPECT_EQ(without.answer.body_bytes, 3);
  const Read with = read(bytes);
  EXPECT_THAT(with.answer.headers,
              ElementsAre(Pair("location", "/next"), Pair("set-cookie", "a=1"), Pair("x-two", "1"),
                          Pair("set-cookie", "b=2"), Pair("server-timing", "db;dur=5"),
                          Pair("content-type", "text/plain"), Pair("content-length", "3")));
  EXPECT_EQ(with.answer.header("x-two"), "1");
  EXPECT_EQ(with.answer.header("x-three"), "");
}

TEST(Answers, SayWhenTheirHeadIsRead) {
  AnswerReader reader;
  reader.begin(kAll);
  EXPECT_FALSE(reader.has_begun());
  EXPECT_EQ(reader.put("HTTP/1.1 20"), State::waiting);
  EXPECT_TRUE(reader.has_begun());
  EXPECT_EQ(reader.put("0 OK\r\nContent-Length: 2\r\n"), State::waiting);
  EXPECT_EQ(reader.put("\r\n"), State::head_read);
  EXPECT_EQ(reader.put("o"), State::head_read);
  EXPECT_EQ(reader.put("k"), State::done);
}

TEST(Answers, DoNotCountInterimOnesAsTheirHead) {
  AnswerReader reader;
  reader.begin(kAll);
  EXPECT_EQ(reader.put("HTTP/1.1 103 Early Hints\r\nSet-Cookie: a=1\r\n\r\n"), State::waiting);
  EXPECT_EQ(reader.put("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), State::done);
  EXPECT_THAT(reader.answer().set_cookies, IsEmpty());
}

TEST(Answers, FollowEachOtherInOneReader) {
  AnswerReader reader;
  reader.begin(kAll);
  reader.put("HTTP/1.1 404 No\r\nLocation: /x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
  EXPECT_EQ(reader.answer().body, "no");
  reader.begin(kAll);
  EXPECT_EQ(reader.put("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"), State::done);
  EXPECT_EQ(reader.answer().status, 200);
  EXPECT_EQ(reader.answer().location, "");
  EXPECT_EQ(reader.answer().body, "yes");
  EXPECT_TRUE(reader.answer().keeps_alive);
  reader.begin(kAll);
  reader.put("garbage\r\n\r\n");
  EXPECT_EQ(reader.state(), State::failed);
  reader.begin(kAll);
  EXPECT_EQ(reader.put("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), State::done);
  EXPECT_STREQ(reader.failure(), "");
}

// --- What no server should send

TEST(BadAnswers, AreNoHttp) {
  for (const char* bytes :
       {"garbage\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \x01\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"}) {
    const Read read = load::read(bytes);
    EXPECT_EQ(read.state, State::failed) << bytes;
    EXPECT_EQ(read.failure, "HPE_INVALID_RESPONSE") << bytes;
    EXPECT_FALSE(read.has_head) << bytes;
    EXPECT_EQ(read_in_pieces(bytes, 1, kAll, true).state, State::failed) << bytes;
  }
}

TEST(BadAnswers, HaveBadChunks) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* body : {"x\r\n", "\r\n\r\n", "-1\r\n", "5\r\nhelloX\r\n0\r\n\r\n",
                           "5 5\r\nhello", "11111111111111111\r\n", "0x5\r\nhello\r\n0\r\n\r\n"}) {
    EXPECT_EQ(read(head + body).state, State::failed) << body;
    EXPECT_EQ(read_in_pieces(head + body, 1, kAll, true).state, State::failed) << body;
    EXPECT_TRUE(read(head + body).has_head) << body;
  }
}

TEST(BadAnswers, HaveHeadsWithoutAnEnd) {
  AnswerReader reader;
  reader.begin(kAll);
  State state = reader.put("HTTP/1.1 200 OK\r\n");
  std::size_t sent = 0;
  while (state == State::waiting && sent < 10 * kHeaderBytesMax) {
    const std::string line = "x-" + std::to_string(sent) + ": " + std::string(1'000, 'a') + "\r\n";
    state = reader.put(line);
    sent += line.size();
  }
  EXPECT_EQ(state, State::failed);
  EXPECT_LE(sent, kHeaderBytesMax + 2'000);
  EXPECT_STREQ(reader.failure(), "HPE_HEADER_OVERFLOW");
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nA: " + std::string(2 * kHeaderBytesMax, 'a')).failure,
            "HPE_HEADER_OVERFLOW");
}

TEST(BadAnswers, HaveChunkExtensionsWithoutAnEnd) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;";
  AnswerReader reader;
  reader.begin(kAll);
  State state = reader.put(head);
  for (int i = 0; i < 1'000 && state == State::head_read; ++i) {
    state = reader.put(std::string(1'000, 'a'));
  }
  EXPECT_EQ(state, State::failed);
}

TEST(BadAnswers, HaveTooManyInterimOnes) {
  std::string many;
  for (int i = 0; i < 20; ++i) many += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(read(many).state, State::failed);
  EXPECT_FALSE(read(many).has_head);
  EXPECT_EQ(read_in_pieces(many, 7).state, State::failed);
}

TEST(BadAnswers, GoOnBehindTheirEnd) {
  const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  EXPECT_EQ(read(whole + "more").failure, "HPE_CLOSED_CONNECTION");
  EXPECT_EQ(read_in_pieces(whole + "x", whole.size()).failure, "HPE_CLOSED_CONNECTION");
}

TEST(BadAnswers, HaveABodyWhereThereIsNone) {
  for (const char* status : {"204 No Content", "304 Not Modified"}) {
    const std::string head = "HTTP/1.1 " + std::string{status} + "\r\n\r\n";
    EXPECT_TRUE(read(head).answer.keeps_alive);
    const std::string bytes = head + "{\"ok\":true}";
    for (const Read& read : {load::read(bytes), read_in_pieces(bytes, head.size())}) {
      EXPECT_EQ(read.state, State::done) << read.failure;
      EXPECT_EQ(read.answer.body, "");
      EXPECT_FALSE(read.answer.keeps_alive);
    }
  }
}

TEST(BadAnswers, EndEarly) {
  for (const char* bytes :
       {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nA: b\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"}) {
    const Read read = read_to_end(bytes);
    EXPECT_EQ(read.state, State::failed) << bytes;
    EXPECT_EQ(read.failure, "ECONNRESET") << bytes;
  }
}

// --- Encoded ones

std::string encoded(const std::string& encoding, const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Encoding: " + encoding +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(EncodedAnswers, AreDecodedInPiecesOfAnySize) {
  for (const char* encoding : {"gzip", "x-gzip", "GZIP", "deflate", "br", "zstd", "identity"}) {
    std::string name = encoding;
    if (name == "x-gzip" || name == "GZIP") name = "gzip";
    const std::string bytes = encoded(encoding, encode(name, "{\"ok\":true}"));
    for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
      const Read read = read_in_pieces(bytes, step);
      EXPECT_EQ(read.state, State::done) << encoding << read.failure;
      EXPECT_EQ(read.answer.body, "{\"ok\":true}") << encoding;
    }
  }
}

TEST(EncodedAnswers, StayAsTheyAreWhenThatIsWanted) {
  const std::string body = encode("gzip", "text");
  const Read read = load::read(encoded("gzip", body), {.body = true, .decode = false});
  EXPECT_EQ(read.answer.body, body);
  // What nobody looks at may be encoded as it likes.
  EXPECT_EQ(load::read(encoded("rar", body), {}).state, State::done);
  EXPECT_EQ(load::read(encoded("gzip", "no gzip"), {}).state, State::done);
}

TEST(EncodedAnswers, FailWhenTheyAreNot) {
  EXPECT_EQ(read(encoded("gzip", "no gzip")).state, State::failed);
  EXPECT_EQ(read(encoded("rar", "text")).state, State::done);
  EXPECT_EQ(read(encoded("rar", "text")).answer.body, "text");
  const std::string whole = encode("gzip", "text");
  EXPECT_EQ(read(encoded("gzip", whole.substr(0, whole.size() - 3))).state, State::failed);
}

TEST(EncodedAnswers, DoNotBecomeLargerThanTheirLimit) {
  for (const char* encoding : {"gzip", "deflate", "zstd"}) {
    const std::string bomb = encode(encoding, std::string(kBodyBytesMax + 1, '\0'));
    EXPECT_LT(bomb.size(), std::size_t{100'000});
    const Read read = load::read(encoded(encoding, bomb));
    EXPECT_EQ(read.failure, "ERR_BODY_TOO_LARGE") << encoding;
    EXPECT_LE(read.answer.body.size(), kBodyBytesMax);
  }
  const std::string whole = encode("gzip", std::string(kBodyBytesMax, '\0'));
  EXPECT_EQ(read(encoded("gzip", whole)).state, State::done);
}

TEST(LargeAnswers, AreKeptUpToTheLimitAndCountedBeyondIt) {
  const std::string body(kBodyBytesMax + 1, 'x');
  EXPECT_EQ(read(encoded("identity", body)).failure, "ERR_BODY_TOO_LARGE");
  const Read counted = read_in_pieces(encoded("identity", body), 64'000, {});
  EXPECT_EQ(counted.state, State::done);
  EXPECT_EQ(counted.answer.body_bytes, static_cast<std::int64_t>(body.size()));
}

}  // namespace
}  // namespace pcx::load
