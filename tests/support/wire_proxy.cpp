#include "tests/support/wire_proxy.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "tests/support/process.h"

namespace pcx::testing {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::minutes kPatience{2};

// Codes in the place of a protocol version (src/include/libpq/pqcomm.h).
constexpr std::uint32_t kTlsRequest = 80877103;
constexpr std::uint32_t kGssapiRequest = 80877104;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error{what + ": " + std::strerror(errno)};
}

int tcp_socket() {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) fail("socket");
  return made;
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

// Messages go out one by one: they must not wait for each other.
void send_at_once(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int connect_to(int port) {
  const int made = tcp_socket();
  const sockaddr_in address = loopback(port);
  if (connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("connect");
  }
  send_at_once(made);
  return made;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return ntohl(number);
}

int milliseconds_until(steady_clock::time_point until) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

// One end of a connection.
struct Peer {
  int socket = -1;
  std::string unread;  // came from it and is not passed on
  bool gone = false;   // nothing will come from it any more
  bool deaf = false;   // cannot be written to

  void receive() {
    std::array<char, 64 * 1024> buffer{};
    const auto got = recv(socket, buffer.data(), buffer.size(), 0);
    if (got > 0) {
      unread.append(buffer.data(), static_cast<std::size_t>(got));
    } else {
      gone = true;
    }
  }

  void send(std::string_view bytes) {
    while (!deaf && !bytes.empty()) {
      const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      deaf = sent < 0;
      if (!deaf) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
};

// A whole message at the front of `bytes`.
struct Frame {
  char type = '\0';
  std::size_t header = 0;
  std::size_t size = 0;  // with its header
};

std::optional<Frame> first_frame(std::string_view bytes, bool has_type) {
  Frame frame{.header = has_type ? std::size_t{5} : std::size_t{4}};
  if (bytes.size() < frame.header) return std::nullopt;
  if (has_type) frame.type = bytes[0];
  frame.size = number_at(bytes, frame.header - 4) + (frame.header - 4);
  if (frame.size < frame.header) throw std::runtime_error{"the protocol is not PostgreSQL's"};
  if (bytes.size() < frame.size) return std::nullopt;
  return frame;
}

bool asks_for_encryption(std::string_view packet) {
  if (packet.size() != 8) return false;
  const auto code = number_at(packet, 4);
  return code == kTlsRequest || code == kGssapiRequest;
}

}  // namespace

class WireProxy::Connection {
 public:
  Connection(int number, int client, int server) : number_(number) {
    client_.socket = client;
    server_.socket = server;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    close(client_.socket);
    close(server_.socket);
  }

  // When the client closes, the server hears it at once, as from the kernel of a killed process.
  // When the server closes, the client may still have something to say, and reads what is left.
  bool is_over() const { return client_.gone; }

  void add_to(std::vector<pollfd>& waited) const {
    waited.push_back({client_.socket, POLLIN, 0});
    // -1: poll(2) ignores it.
    waited.push_back({server_.gone ? -1 : server_.socket, POLLIN, 0});
  }

  Then serve(bool client_ready, bool server_ready, int& messages, const Observer& observe) {
    if (server_ready) {
      server_.receive();
      if (pass_on(server_, client_, messages, observe) == Then::cut) return Then::cut;
      if (server_.gone) shutdown(client_.socket, SHUT_WR);
    }
    if (!client_ready) return Then::carry_on;
    client_.receive();
    return pass_on(client_, server_, messages, observe);
  }

 private:
  Then pass_on(Peer& from, Peer& to, int& messages, const Observer& observe) {
    const bool is_client = &from == &client_;
    while (const auto frame = first_frame(from.unread, !is_client || started_)) {
      const std::string bytes = from.unread.substr(0, frame->size);
      from.unread.erase(0, frame->size);
      if (is_client && !started_ && asks_for_encryption(bytes)) {
        from.send("N");
        continue;
      }
      if (is_client) started_ = true;
      to.send(bytes);
      if (to.deaf) continue;  // nobody has heard it
      const Message message{++messages, number_, is_client, frame->type,
                            std::string_view{bytes}.substr(frame->header)};
      if (observe(message) == Then::cut) return Then::cut;
    }
    return Then::carry_on;
  }

  int number_;
  bool started_ = false;  // the client's start-up packet, which has no type, was seen
  Peer client_;
  Peer server_;
};

WireProxy::WireProxy(int server_port) : server_port_(server_port), listener_(tcp_socket()) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, generic, &size) != 0) {
    fail("listen");
  }
  port_ = ntohs(address.sin_port);
}

WireProxy::~WireProxy() { close(listener_); }

std::string WireProxy::url(const std::string& database) const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

int WireProxy::run(pid_t client, const Observer& observe, std::optional<Alarm> alarm) {
  const auto ended = static_cast<int>(syscall(SYS_pidfd_open, client, 0));
  if (ended < 0) fail("pidfd_open");
  const auto began = steady_clock::now();
  const auto last = began + kPatience;
  bool is_running = true;
  while (is_running || !connections_.empty()) {
    is_running = turn(ended, observe, alarm ? began + alarm->after : last);
    if (steady_clock::now() > last) {
      kill(client, SIGKILL);
      wait_for_end(client);
      throw std::runtime_error{"the client did not end"};
    }
    if (alarm && steady_clock::now() >= began + alarm->after) {
      apply(std::exchange(alarm, std::nullopt)->act());
    }
  }
  close(ended);
  return wait_for_end(client);
}

bool WireProxy::turn(int client, const Observer& observe, Deadline until) {
  std::vector<pollfd> waited{{client, POLLIN, 0}, {listener_, POLLIN, 0}};
  for (const Connection& connection : connections_) connection.add_to(waited);
  if (poll(waited.data(), waited.size(), milliseconds_until(until)) < 0 && errno != EINTR) {
    fail("poll");
  }
  std::size_t at = 2;
  for (Connection& connection : connections_) {
    const bool client_ready = waited[at].revents != 0;
    const bool server_ready = waited[at + 1].revents != 0;
    at += 2;
    if (connection.serve(client_ready, server_ready, messages_, observe) != Then::cut) continue;
    apply(Then::cut);
    break;
  }
  connections_.remove_if([](const Connection& connection) { return connection.is_over(); });
  if (waited[1].revents != 0) accept_client();
  return waited[0].revents == 0;
}

void WireProxy::apply(Then then) {
  if (then == Then::cut) connections_.clear();
}

void WireProxy::accept_client() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) fail("accept");
  send_at_once(client);
  connections_.emplace_back(++accepted_, client, connect_to(server_port_));
}

}  // namespace pcx::testing
