#include "load/connection.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <utility>

namespace pcx::load {

namespace {

// Then the others have their turn: a server may send faster than it is read.
constexpr int kReadsAtOnce = 16;

// Another address of the same name may answer.
bool is_of_address(int failed) {
  return failed == ECONNREFUSED || failed == ENETUNREACH || failed == EHOSTUNREACH ||
         failed == EAFNOSUPPORT;
}

}  // namespace

std::string system_error_name(int number) {
  const char* const name = strerrorname_np(number);
  return name != nullptr ? name : "EUNKNOWN";
}

Connection::Connection(ConnectionTools& tools, Origin& origin) : tools_(tools), origin_(origin) {}

Connection::~Connection() { close(); }

void Connection::listen(ConnectionListener* listener) {
  listener_ = listener;
  // Who listens has the longer limit, for which the timer is armed anew when it fires.
  if (listener == nullptr && !is_closed_) arm(stirred_ + kIdleMax);
}

void Connection::open() {
  steps_.began = now();
  stirred_ = steps_.began;
  arm(stirred_ + kInactiveMax);
  connect();
}

void Connection::arm(Instant due) {
  if (tools_.wheel != nullptr) fires_at_ = tools_.wheel->arm(*this, due);
}

void Connection::on_time() {
  const ConnectionPtr self{this};  // whoever is told may let it go
  const Instant due = stirred_ + (listener_ == nullptr ? kIdleMax : kInactiveMax);
  if (fires_at_ < due) return arm(due);
  if (listener_ == nullptr) return close();
  end("ERR_SOCKET_TIMEOUT");
}

void Connection::connect() {
  address_ = origin_.next_address();
  ++tried_;
  is_connecting_ = true;
  int failed = socket_.connect(address_);
  if (socket_.is_open()) {
    ++tools_.open;
    tools_.open_max = std::max(tools_.open_max, tools_.open);
  }
  if (failed == 0) failed = tools_.poller.watch(socket_.number(), *this);
  is_watched_ = failed == 0;
  if (is_watched_) return;
  // Not before open() has returned: whoever called it is not done with it.
  tools_.poller.defer([self = ConnectionPtr{this}, failed] { self->on_connected(failed); });
}

void Connection::on_connected(int failed) {
  if (is_closed_) return;
  if (is_of_address(failed)) {
    origin_.set_aside(address_);
    if (tried_ < origin_.addresses.size()) {
      release_socket();
      return connect();
    }
  }
  if (failed != 0) return end_by(failed);
  is_connecting_ = false;
  steps_.connected = steps_.secured = now();
  stirred_ = steps_.connected;
  if (!origin_.url.tls) {
    is_open_ = true;
    if (listener_ != nullptr) listener_->on_open();
    return;
  }
  tls_ = std::make_unique<http::TlsChannel>(*tools_.tls, origin_.url);
  tls_->take_output(unsent_);
  flush();
}

void Connection::on_ready(std::uint32_t events) {
  const ConnectionPtr self{this};  // whoever is told may let it go
  constexpr std::uint32_t kEnd = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  if (is_connecting_) {
    if ((events & (EPOLLOUT | kEnd)) == 0) return;
    on_connected((events & kEnd) != 0 ? socket_.error() : 0);
    if (is_closed_ || is_connecting_) return;
  } else if ((events & EPOLLOUT) != 0) {
    flush();
  }
  has_last_ = has_last_ || (events & kEnd) != 0;
  if ((events & (EPOLLIN | kEnd)) != 0 && !has_more_) read();
}

// A buffer that was not filled was all there is, except before the end, which is read, too.
void Connection::read() {
  for (int reads = 0; reads < kReadsAtOnce; ++reads) {
    const Socket::Moved moved = socket_.read(tools_.buffer.data(), tools_.buffer.size());
    if (moved.would_block()) return;
    stirred_ = now();
    if (moved.error != 0) return end_by(moved.error);
    if (moved.bytes == 0) return end("");
    take({tools_.buffer.data(), moved.bytes});
    if (is_closed_) return;
    if (moved.bytes < tools_.buffer.size() && !has_last_) return;
  }
  has_more_ = true;
  tools_.poller.defer([self = ConnectionPtr{this}] {
    self->has_more_ = false;
    if (!self->is_closed_) self->read();
  });
}

void Connection::take(std::string_view bytes) {
  if (!tls_) return take_plain(bytes);
  tools_.plain.clear();
  const bool was_open = is_open_;
  const auto state = tls_->put(bytes, tools_.plain);
  tls_->take_output(unsent_);
  flush();
  if (is_closed_) return;
  if (state == http::TlsChannel::State::failed && !was_open) return end(tls_->failure());
  if (!was_open && state == http::TlsChannel::State::open) {
    is_open_ = true;
    steps_.secured = now();
    if (listener_ != nullptr) listener_->on_open();
    if (is_closed_) return;
  }
  // Behind what it has still said there is nothing to be sent any more.
  is_open_ = is_open_ && state == http::TlsChannel::State::open;
  // Whoever listens may send, which uses the same buffer.
  const std::string plain = std::exchange(tools_.plain, {});
  if (!plain.empty()) take_plain(plain);
  if (is_closed_) return;
  if (state == http::TlsChannel::State::ended) end("");
  if (state == http::TlsChannel::State::failed) end(tls_->failure());
}

// An idle connection has nothing to say: whatever it says, it is of no use any more.
void Connection::take_plain(std::string_view bytes) {
  if (listener_ == nullptr) return close();
  listener_->on_bytes(bytes);
}

void Connection::send(std::string_view bytes, Instant now) {
  stirred_ = now;
  if (tls_) {
    tls_->write(bytes);
    tls_->take_output(unsent_);
    return flush();
  }
  // A failure is met again by the one who reads: with what the peer said before it.
  if (unsent_.empty()) bytes.remove_prefix(socket_.write(bytes).bytes);
  if (bytes.empty()) return;
  unsent_ += bytes;
  flush();
}

// Until the socket takes no more: then on_ready() follows when it does.
void Connection::flush() {
  std::string_view rest = unsent_;
  Socket::Moved moved;
  while (!rest.empty() && moved.error == 0) {
    moved = socket_.write(rest);
    rest.remove_prefix(moved.bytes);
  }
  if (rest.size() < unsent_.size()) stirred_ = now();
  if (moved.error != 0 && !moved.would_block()) rest = {};  // the reader sees it
  unsent_.erase(0, unsent_.size() - rest.size());
}

void Connection::release_socket() {
  if (std::exchange(is_watched_, false)) tools_.poller.unwatch(*this);
  if (!socket_.is_open()) return;
  socket_.close();
  --tools_.open;
}

void Connection::close() {
  if (is_closed_) return;
  is_closed_ = true;
  is_open_ = false;
  cancel();
  release_socket();
}

void Connection::end(const std::string& error) {
  close();
  if (ConnectionListener* const listener = std::exchange(listener_, nullptr)) {
    listener->on_end(error);
  }
}

void Connection::end_by(int failed) {
  if (failed == EMFILE || failed == ENFILE) ++tools_.files_exhausted;
  if (failed == EADDRNOTAVAIL) ++tools_.ports_exhausted;
  end(system_error_name(failed));
}

}  // namespace pcx::load
