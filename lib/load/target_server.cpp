#include "load/target_server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <fmt/format.h>

#include "core/error.h"
#include "load/target_answers.h"
#include "load/target_request.h"

namespace pcx::load {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kReadBytes = std::size_t{8} * 1024;
constexpr std::size_t kInputBytesMax = kTargetHeadBytesMax + kTargetBodyBytesMax;
// Whoever is still sending never reads the answer when his bytes meet a closed socket: the RST
// overtakes it. So long they are read and forgotten.
constexpr milliseconds kFarewell{2'000};
constexpr milliseconds kPauseWithoutDescriptors{10};

// All that stop() does in the other thread or in the signal's handler is one write(2).
int make_bell() {
  const int number = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (number < 0) throw Error{ErrorCode::io, "no descriptor is left for an eventfd"};
  return number;
}

}  // namespace

class TargetServer::Room {
 public:
  explicit Room(const TargetOptions& options);

  void run();
  void stop() noexcept;
  std::uint16_t port() const { return port_; }
  std::int64_t requests() const { return requests_.load(std::memory_order_relaxed); }
  std::int64_t connections() const { return connections_.load(std::memory_order_relaxed); }

  // For its guests. `text`: the request as it came.
  TargetDeed answer(const TargetRequest& request, std::string_view text, std::string& out);

 private:
  void accept();
  void on_accepted(const error_code& failed, Socket socket);
  void freeze();

  asio::io_context io_{1};  // the first: guests wait in it, and go last
  TargetOptions options_;
  TargetAnswers answers_;
  Acceptor acceptor_{io_};
  asio::posix::stream_descriptor bell_{io_, make_bell()};
  asio::steady_timer freeze_timer_{io_}, pause_{io_};
  std::uint16_t port_ = 0;
  std::atomic<std::int64_t> requests_{0}, connections_{0};
};

// A connection. Lives for as long as it waits for something; a read is always under way.
class TargetServer::Guest
    : public boost::intrusive_ref_counter<Guest, boost::thread_unsafe_counter> {
 public:
  Guest(Room& room, Socket socket) : room_(room), socket_(std::move(socket)) {}
  void read();

 private:
  using Pointer = boost::intrusive_ptr<Guest>;

  bool is_busy() const { return is_waiting_ || is_writing_; }
  void take(std::string_view bytes);
  void take_end(const error_code& failed);
  std::size_t serve(std::string_view bytes);
  void do_deed(const TargetDeed& deed, std::size_t begin);
  void wait_for(milliseconds delay);
  void release();
  void flush();
  void say_farewell();
  void reset();
  void close();

  Room& room_;
  Socket socket_;
  std::array<char, kReadBytes> buffer_;
  std::string input_;    // what is not answered yet
  std::string output_;   // what the socket has not taken yet
  std::string delayed_;  // an answer whose time has not come
  std::optional<asio::steady_timer> timer_;
  bool is_waiting_ = false;  // with an answer, or for ever
  bool is_writing_ = false;  // output_ is not to be touched
  bool is_leaving_ = false;  // what comes is no request any more
  bool has_ended_ = false;   // the peer sends nothing any more
};

void TargetServer::Guest::read() {
  socket_.async_read_some(asio::buffer(buffer_),
                          [self = Pointer{this}](const error_code& failed, std::size_t bytes) {
                            if (failed) return self->take_end(failed);
                            self->take({self->buffer_.data(), bytes});
                          });
}

void TargetServer::Guest::take(std::string_view bytes) {
  if (is_leaving_) return read();
  if (input_.empty() && !is_busy()) {
    const std::size_t used = serve(bytes);
    input_.assign(bytes.substr(used));
    flush();
  } else {
    input_ += bytes;
    if (input_.size() > kInputBytesMax) return reset();
    if (!is_busy()) release();
  }
  if (socket_.is_open()) read();
}

// A peer may end its side and still wait for what it has asked for.
void TargetServer::Guest::take_end(const error_code& failed) {
  has_ended_ = true;
  const bool owes = is_writing_ || (is_waiting_ && timer_);
  if (failed != asio::error::eof || !owes) close();
}

// As many requests as there are, until one has to wait. Of how many bytes they were.
std::size_t TargetServer::Guest::serve(std::string_view bytes) {
  std::size_t used = 0;
  while (!is_waiting_ && !is_leaving_ && used < bytes.size()) {
    const std::string_view rest = bytes.substr(used);
    const ReadTargetRequest read = read_target_request(rest);
    if (read.refusal != 0) {
      TargetAnswers::append_refusal(read.refusal, output_);
      is_leaving_ = true;
      break;
    }
    if (read.bytes == 0) break;
    used += read.bytes;
    const std::size_t begin = output_.size();
    do_deed(room_.answer(read.request, rest.substr(0, read.bytes), output_), begin);
  }
  return is_leaving_ ? bytes.size() : used;
}

// For the answer that stands in output_ from `begin` on. Nothing is behind it.
void TargetServer::Guest::do_deed(const TargetDeed& deed, std::size_t begin) {
  if (deed.kind == TargetDeed::Kind::reset) return reset();
  is_leaving_ = deed.kind == TargetDeed::Kind::leave;
  is_waiting_ = deed.kind == TargetDeed::Kind::hang;
  if (deed.delay.count() == 0) return;
  if (deed.delays_body) begin = output_.find(kHeadEnd, begin) + kHeadEnd.size();
  delayed_ = output_.substr(begin);
  output_.resize(begin);
  wait_for(deed.delay);
}

void TargetServer::Guest::wait_for(milliseconds delay) {
  is_waiting_ = true;
  timer_.emplace(socket_.get_executor(), delay);
  timer_->async_wait([self = Pointer{this}](const error_code& failed) {
    if (failed) return;
    self->is_waiting_ = false;
    if (!self->is_writing_) self->release();
  });
}

// What was held up: an answer, and the requests behind it.
void TargetServer::Guest::release() {
  output_ += std::exchange(delayed_, {});
  if (!is_leaving_) input_.erase(0, serve(input_));
  flush();
}

void TargetServer::Guest::flush() {
  if (is_writing_ || !socket_.is_open()) return;
  if (!output_.empty()) {
    error_code failed;
    const std::size_t sent = socket_.write_some(asio::buffer(output_), failed);
    if (failed && failed != asio::error::would_block) return close();
    if (sent < output_.size()) {
      is_writing_ = true;
      asio::async_write(socket_, asio::buffer(output_) + sent,
                        [self = Pointer{this}](const error_code& write_failed, std::size_t) {
                          if (write_failed) return self->close();
                          self->is_writing_ = false;
                          self->output_.clear();
                          if (!self->is_waiting_) self->release();
                        });
      return;
    }
    output_.clear();
  }
  if ((is_leaving_ || has_ended_) && !is_waiting_) say_farewell();
}

void TargetServer::Guest::say_farewell() {
  if (has_ended_) return close();
  error_code ignored;  // a peer that is gone needs none
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  timer_.emplace(socket_.get_executor(), kFarewell);
  timer_->async_wait([self = Pointer{this}](const error_code& failed) {
    if (!failed) self->close();
  });
}

void TargetServer::Guest::reset() {
  error_code ignored;  // then it is an end in order
  socket_.set_option(tcp::socket::linger{true, 0}, ignored);
  close();
}

void TargetServer::Guest::close() {
  is_leaving_ = true;
  if (timer_) timer_->cancel();
  error_code ignored;  // nothing could be done about it
  socket_.close(ignored);
}

TargetServer::Room::Room(const TargetOptions& options)
    : options_(options), answers_(options.error_share) {
  const tcp::endpoint place{asio::ip::address_v4::loopback(), options.port};
  error_code failed;
  acceptor_.open(place.protocol(), failed);
  if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address{true}, failed);
  if (!failed) acceptor_.set_option(tcp::no_delay{true}, failed);  // guests inherit it
  if (!failed) acceptor_.bind(place, failed);
  if (!failed) acceptor_.listen(options.backlog, failed);
  if (failed) {
    throw Error{ErrorCode::cannot_create,
                fmt::format("127.0.0.1:{}: {}", options.port, failed.message()),
                "Choose another port, or 0 for any that is free."};
  }
  port_ = acceptor_.local_endpoint().port();
}

void TargetServer::Room::run() {
  bell_.async_wait(asio::posix::stream_descriptor::wait_read,
                   [this](const error_code&) { io_.stop(); });
  accept();
  if (options_.freeze_after.count() == 0) freeze();
  io_.run();
}

void TargetServer::Room::stop() noexcept {
  const std::uint64_t one = 1;
  // It fails only when the bell has rung 2^64 times.
  [[maybe_unused]] const auto written = ::write(bell_.native_handle(), &one, sizeof one);
}

void TargetServer::Room::accept() {
  acceptor_.async_accept(
      [this](const error_code& failed, Socket socket) { on_accepted(failed, std::move(socket)); });
}

void TargetServer::Room::on_accepted(const error_code& failed, Socket socket) {
  if (failed && failed != asio::error::connection_aborted) {
    pause_.expires_after(kPauseWithoutDescriptors);  // it stays in the backlog meanwhile
    pause_.async_wait([this](const error_code& aborted) {
      if (!aborted) accept();
    });
    return;
  }
  error_code is_gone;
  if (!failed) socket.non_blocking(true, is_gone);
  if (!failed && !is_gone) {
    connections_.store(connections() + 1, std::memory_order_relaxed);
    boost::intrusive_ptr<Guest> {
      new Guest { *this, std::move(socket) }
      } -> read();
  }
  accept();
}

TargetDeed TargetServer::Room::answer(const TargetRequest& request, std::string_view text,
                                      std::string& out) {
  const bool is_first = requests() == 0;
  requests_.store(requests() + 1, std::memory_order_relaxed);
  if (options_.on_request) options_.on_request(std::string{text});
  if (is_first && options_.freeze_after.count() > 0) {
    freeze_timer_.expires_after(options_.freeze_after);
    freeze_timer_.async_wait([this](const error_code& aborted) {
      if (!aborted) freeze();
    });
  }
  return answers_.answer(request, out);
}

// The only thread there is sleeps, until somebody rings.
void TargetServer::Room::freeze() {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + options_.freeze_for;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
    if (left.count() <= 0) return;
    pollfd bell{bell_.native_handle(), POLLIN, 0};
    const int rung = ::poll(&bell, 1, static_cast<int>(left.count()));
    if (rung > 0 || (rung < 0 && errno != EINTR)) return;
  }
}

TargetServer::TargetServer(const TargetOptions& options) : room_(std::make_unique<Room>(options)) {}
TargetServer::~TargetServer() = default;
std::uint16_t TargetServer::port() const { return room_->port(); }
std::int64_t TargetServer::requests() const { return room_->requests(); }
std::int64_t TargetServer::connections() const { return room_->connections(); }
void TargetServer::run() { room_->run(); }
void TargetServer::stop() noexcept { room_->stop(); }

}  // namespace pcx::load
