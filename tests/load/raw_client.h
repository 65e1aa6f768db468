// A TCP connection to the loopback, as plain as can be: shares no code with the engine. A wait that
// takes ten seconds fails.
#pragma once

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <utility>

#include <gtest/gtest.h>

#include "core/descriptor.h"

namespace pcx::load {

// An answer as it came, without the sizes of chunks.
struct RawAnswer {
  int status = 0;
  std::string head;  // with its status line, in lower case, each line with its end
  std::string body;

  // "" when there is none.
  std::string header(const std::string& lower_case_name) const {
    const std::string begin = "\r\n" + lower_case_name + ": ";
    const auto at = head.find(begin);
    if (at == std::string::npos) return {};
    return head.substr(at + begin.size(), head.find("\r\n", at + 2) - at - begin.size());
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{10, 0};
    ::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* const any = reinterpret_cast<const sockaddr*>(&address);
    EXPECT_EQ(::connect(socket_.number(), any, sizeof address), 0);
  }

  // False when the peer does not take all of it.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // No more is sent.
  void end() { ::shutdown(socket_.number(), SHUT_WR); }

  // The next answer: by its length, its chunks, or what is there until the end.
  RawAnswer read(bool has_body = true) {
    RawAnswer answer;
    answer.head = lower(take_through("\r\n\r\n"));
    if (answer.head.size() > 12) answer.status = std::atoi(answer.head.c_str() + 9);
    const std::string length = answer.header("content-length");
    if (!has_body) return answer;
    if (answer.header("transfer-encoding") == "chunked") {
      answer.body = read_chunks();
    } else if (!length.empty()) {
      answer.body = take(std::strtoul(length.c_str(), nullptr, 10));
    }
    return answer;
  }
  RawAnswer ask(const std::string& request, bool has_body = true) {
    EXPECT_TRUE(send(request));
    return read(has_body);
  }
  RawAnswer get(const std::string& target, const std::string& headers = {}) {
    return ask("GET " + target + " HTTP/1.1\r\nHost: t\r\n" + headers + "\r\n");
  }

  // Everything up to the peer's end.
  std::string read_to_end() {
    while (fill()) {
    }
    return std::exchange(input_, {});
  }
  // Whether the peer's end was a reset. Call after read_to_end().
  bool was_reset() const { return was_reset_; }
  // That nothing has come so far.
  bool is_silent() const {
    char byte = 0;
    return input_.empty() && ::recv(socket_.number(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           errno == EAGAIN;
  }

 private:
  static std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
  }
  bool fill() {
    char piece[16'384];
    const auto got = ::recv(socket_.number(), piece, sizeof piece, 0);
    was_reset_ = was_reset_ || (got < 0 && errno == ECONNRESET);
    EXPECT_FALSE(got < 0 && errno == EAGAIN) << "nothing came for ten seconds";
    if (got > 0) input_.append(piece, static_cast<std::size_t>(got));
    return got > 0;
  }
  std::string take(std::size_t bytes) {
    while (input_.size() < bytes && fill()) {
    }
    std::string taken = input_.substr(0, bytes);
    input_.erase(0, bytes);
    return taken;
  }
  std::string take_through(std::string_view mark) {
    while (input_.find(mark) == std::string::npos) {
      if (!fill()) return {};
    }
    return take(input_.find(mark) + mark.size());
  }
  std::string read_chunks() {
    std::string body;
    for (;;) {
      const std::size_t size = std::strtoul(take_through("\r\n").c_str(), nullptr, 16);
      body += take(size);
      take(2);
      if (size == 0) return body;
    }
  }

  Descriptor socket_;
  std::string input_;
  bool was_reset_ = false;
};

}  // namespace pcx::load
