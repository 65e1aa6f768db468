#include "load/connection.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

namespace pcx::load {

namespace {

Instant now() { return std::chrono::steady_clock::now(); }

// Then the others have their turn: a server may send faster than it is read.
constexpr int kReadsAtOnce = 16;

bool would_block(const boost::system::error_code& failed) {
  return failed == boost::asio::error::would_block || failed == boost::asio::error::try_again;
}

// Another address of the same name may answer.
bool is_of_address(const boost::system::error_code& failed) {
  const int number = failed.value();
  return number == ECONNREFUSED || number == ENETUNREACH || number == EHOSTUNREACH ||
         number == EAFNOSUPPORT;
}

}  // namespace

std::string system_error_name(int number) {
  const char* const name = strerrorname_np(number);
  return name != nullptr ? name : "EUNKNOWN";
}

Connection::Connection(ConnectionTools& tools, Origin& origin)
    : tools_(tools), origin_(origin), socket_(tools.io) {}

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
  boost::system::error_code failed;
  socket_.open(address_.protocol(), failed);
  if (!failed) {
    ++tools_.open;
    tools_.open_max = std::max(tools_.open_max, tools_.open);
    socket_.non_blocking(true, failed);
  }
  if (!failed) socket_.set_option(tcp::no_delay{true}, failed);
  if (failed) {
    // Not before open() has returned: whoever called it is not done with it.
    boost::asio::post(tools_.io, [self = ConnectionPtr{this}, failed] {
      if (!self->is_closed_) self->end(failed);
    });
    return;
  }
  socket_.async_connect(address_, [self = ConnectionPtr{this}](const auto& connect_failed) {
    self->on_connected(connect_failed);
  });
}

void Connection::on_connected(const boost::system::error_code& failed) {
  if (is_closed_) return;
  if (failed && is_of_address(failed)) origin_.set_aside(address_);
  if (failed && is_of_address(failed) && tried_ < origin_.addresses.size()) {
    release_socket();
    return connect();
  }
  if (failed) return end(failed);
  steps_.connected = steps_.secured = now();
  stirred_ = steps_.connected;
  wait_readable();
  if (!origin_.url.tls) {
    is_open_ = true;
    if (listener_ != nullptr) listener_->on_open();
    return;
  }
  tls_ = std::make_unique<http::TlsChannel>(*tools_.tls, origin_.url);
  tls_->take_output(unsent_);
  flush();
}

void Connection::wait_readable() {
  socket_.async_wait(Socket::wait_read, [self = ConnectionPtr{this}](const auto& failed) {
    self->on_readable(failed);
  });
}

void Connection::on_readable(const boost::system::error_code& failed) {
  if (is_closed_) return;
  if (failed) return end(failed);
  stirred_ = now();
  for (int reads = 0; reads < kReadsAtOnce; ++reads) {
    boost::system::error_code read_failed;
    const std::size_t bytes = socket_.read_some(boost::asio::buffer(tools_.buffer), read_failed);
    if (would_block(read_failed)) break;
    if (read_failed == boost::asio::error::eof) return end("");
    if (read_failed) return end(read_failed);
    take({tools_.buffer.data(), bytes});
    if (is_closed_) return;
    if (bytes < tools_.buffer.size()) break;
  }
  wait_readable();
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

void Connection::send(std::string_view bytes) {
  if (tls_) {
    tls_->write(bytes);
    tls_->take_output(unsent_);
    return flush();
  }
  if (unsent_.empty()) {
    boost::system::error_code failed;
    const std::size_t sent = socket_.write_some(boost::asio::buffer(bytes), failed);
    if (!failed) {
      bytes.remove_prefix(sent);
      stirred_ = now();
    }
    // Another failure is met again by the one who reads: with what the peer said before it.
  }
  if (bytes.empty()) return;
  unsent_ += bytes;
  flush();
}

void Connection::flush() {
  if (is_flushing_ || unsent_.empty()) return;
  boost::system::error_code failed;
  const std::size_t sent = socket_.write_some(boost::asio::buffer(unsent_), failed);
  if (!failed) {
    unsent_.erase(0, sent);
    stirred_ = now();
  }
  if (failed && !would_block(failed)) {
    unsent_.clear();
    return;  // the reader sees it
  }
  if (unsent_.empty()) return;
  is_flushing_ = true;
  socket_.async_wait(Socket::wait_write, [self = ConnectionPtr{this}](const auto& wait_failed) {
    self->is_flushing_ = false;
    if (!self->is_closed_ && !wait_failed) self->flush();
  });
}

void Connection::release_socket() {
  if (!socket_.is_open()) return;
  boost::system::error_code ignored;  // there is nothing that could be done about it
  socket_.close(ignored);
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

void Connection::end(const boost::system::error_code& failed) {
  const int number = failed.value();
  if (number == EMFILE || number == ENFILE) ++tools_.files_exhausted;
  if (number == EADDRNOTAVAIL) ++tools_.ports_exhausted;
  end(failed == boost::asio::error::eof ? std::string{} : system_error_name(number));
}

}  // namespace pcx::load
